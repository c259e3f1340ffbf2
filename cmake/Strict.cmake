# SPDX-License-Identifier: GPL-3.0-or-later
# Warnings and hardening as one interface target; a packager's build shows warnings, ours stops at them.
add_library(keepsake_strict INTERFACE)
target_compile_options(keepsake_strict INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wuseless-cast>
  # When it optimises, g++ 12 sees overlaps (GCC bug 105651) and null pointers in the library's own strings and streams.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>,$<CONFIG:Release>>:-Wno-restrict;-Wno-null-dereference;-Wno-maybe-uninitialized>
  $<$<BOOL:${KEEPSAKE_STRICT}>:-Werror>
  -fstack-protector-strong)
target_compile_definitions(keepsake_strict INTERFACE _GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL Release)
  target_compile_options(keepsake_strict INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  target_link_options(keepsake_strict INTERFACE -Wl,-z,relro,-z,now)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()
find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_link_options(-fuse-ld=mold)
endif()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
