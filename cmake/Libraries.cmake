# SPDX-License-Identifier: GPL-3.0-or-later
# Every library of the program, each owned by one room (docs/decisions/).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)          # base
find_package(fmt REQUIRED)                  # base
find_package(spdlog REQUIRED)               # base
pkg_check_modules(libsecret REQUIRED IMPORTED_TARGET libsecret-1)  # os
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)  # base
find_package(date REQUIRED)                 # os
find_package(OpenSSL 3 REQUIRED)            # crypto
find_package(CURL 7.88 REQUIRED)            # net
pkg_check_modules(libzstd REQUIRED IMPORTED_TARGET libzstd)  # vault
find_package(simdjson REQUIRED)             # base
find_package(SQLite3 REQUIRED)              # sqlite
find_package(EXPAT REQUIRED)                # base
find_package(nlohmann_json REQUIRED)        # records, source, simulate, app
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)  # config
find_package(CLI11 REQUIRED)                # app
pkg_check_modules(cpp_httplib REQUIRED IMPORTED_TARGET cpp-httplib)  # simulate
if(KEEPSAKE_TESTS)
  find_package(doctest REQUIRED)
  include(${doctest_DIR}/doctest.cmake)
endif()
