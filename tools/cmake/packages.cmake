# Every package of the build, found once. All come from Debian (12 and 13).
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(absl CONFIG REQUIRED)
if(SUANPAN_GRPC)
  find_package(Protobuf REQUIRED)
  find_package(gRPC CONFIG REQUIRED)
endif()
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)

# civetweb ships a CMake file on Debian 12 and 13, but its targets differ; the library does not.
find_library(CIVETWEB_CPP_LIB civetweb-cpp REQUIRED)
find_library(CIVETWEB_LIB civetweb REQUIRED)
add_library(suanpan_civetweb INTERFACE)
target_link_libraries(suanpan_civetweb INTERFACE ${CIVETWEB_CPP_LIB} ${CIVETWEB_LIB})

# The node's allocator (actors/node/process_memory.hpp).
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
add_library(suanpan_jemalloc INTERFACE)
target_link_libraries(suanpan_jemalloc INTERFACE PkgConfig::JEMALLOC)
target_compile_definitions(suanpan_jemalloc INTERFACE SUANPAN_JEMALLOC)

# CAF 0.17 ships neither a CMake package nor a .pc file.
find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
foreach(module core io openssl)
  find_library(CAF_${module}_LIB caf_${module} REQUIRED)
  add_library(CAF::${module} UNKNOWN IMPORTED)
  set_target_properties(CAF::${module} PROPERTIES IMPORTED_LOCATION "${CAF_${module}_LIB}")
endforeach()
set_property(TARGET CAF::core APPEND PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads)
set_property(TARGET CAF::io APPEND PROPERTY INTERFACE_LINK_LIBRARIES CAF::core)
set_property(TARGET CAF::openssl APPEND PROPERTY INTERFACE_LINK_LIBRARIES CAF::io OpenSSL::SSL)
