# SPDX-License-Identifier: GPL-3.0-or-later
# A room is one folder under src/: one static library, one duty, its allowed arrows stated once.
#
#   room(catalog
#     HEADERS catalog.h            what other rooms may include
#     SOURCES catalog.cpp          compiled here
#     USES    photo os sqlite      rooms it stands on (tools/check_arrows compares them with every #include)
#     NEEDS   fmt::fmt             libraries nobody outside may see
#     SHOWS   tl::expected)        libraries that its headers show
function(room name)
  cmake_parse_arguments(ROOM "" "" "HEADERS;SOURCES;USES;NEEDS;SHOWS" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  add_library(keepsake::${name} ALIAS ${name})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${ROOM_HEADERS})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  set(stands_on ${ROOM_USES})
  if(NOT name STREQUAL base)
    list(PREPEND stands_on base)
  endif()
  list(TRANSFORM stands_on PREPEND keepsake::)
  target_link_libraries(${name} PUBLIC ${stands_on} ${ROOM_SHOWS} PRIVATE ${ROOM_NEEDS} keepsake_strict)
endfunction()

# The tests of one room: room_test(catalog catalog_test.cpp NEEDS rapidcheck)
function(room_test room)
  cmake_parse_arguments(TEST "" "" "USES;NEEDS" ${ARGN})
  set(target ${room}_test)
  add_executable(${target} ${TEST_UNPARSED_ARGUMENTS})
  list(TRANSFORM TEST_USES PREPEND keepsake::)
  target_link_libraries(${target} PRIVATE keepsake::${room} ${TEST_USES} ${TEST_NEEDS} keepsake_test_main keepsake_strict)
  doctest_discover_tests(${target} TEST_PREFIX "${room}: " PROPERTIES TIMEOUT 300)
endfunction()
