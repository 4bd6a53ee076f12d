# Finds the static libraries that cmake/third-party builds (once; cached outside the tree).
set(RAY_TARGET native CACHE STRING "What to build for, as cmake/third-party names it")
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/cmake/third-party ${RAY_TARGET}
                OUTPUT_VARIABLE RAY_THIRD_PARTY OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
# What find_package() found in another prefix, before the script changed, is not to be used any more.
if(NOT "${RAY_THIRD_PARTY_FOUND_IN}" STREQUAL "${RAY_THIRD_PARTY}")
  get_directory_property(cached CACHE_VARIABLES)
  foreach(variable IN LISTS cached)
    if("${${variable}}" MATCHES "/third-party/${RAY_TARGET}-" AND NOT variable STREQUAL "RAY_THIRD_PARTY_FOUND_IN")
      unset(${variable} CACHE)
    endif()
  endforeach()
  set(RAY_THIRD_PARTY_FOUND_IN ${RAY_THIRD_PARTY} CACHE INTERNAL "")
endif()
# Compiled with by the name that the headers' bytes give their folder.
file(REAL_PATH ${RAY_THIRD_PARTY}/include RAY_HEADERS)
list(PREPEND CMAKE_PREFIX_PATH ${RAY_THIRD_PARTY})
list(APPEND CMAKE_FIND_ROOT_PATH ${RAY_THIRD_PARTY})
set(CMAKE_FIND_PACKAGE_PREFER_CONFIG ON)
set(CURL_USE_PKGCONFIG OFF CACHE INTERNAL "")  # else curl's package looks for the machine's zlib, nghttp2 and c-ares
set(ZLIB_ROOT ${RAY_THIRD_PARTY})
set(ZLIB_INCLUDE_DIR ${RAY_HEADERS})

find_package(ZLIB REQUIRED)
find_package(MbedTLS REQUIRED)
find_package(c-ares QUIET)  # Linux only
find_package(CURL REQUIRED NO_MODULE)
find_package(yaml-cpp REQUIRED)
if(RAY_TARGET STREQUAL native)
  find_package(Catch2 3 REQUIRED)
endif()

foreach(name protozero nlohmann_json spdlog)  # headers alone
  add_library(${name} INTERFACE)
  target_include_directories(${name} SYSTEM INTERFACE ${RAY_HEADERS})
endforeach()
add_library(CLI11 STATIC IMPORTED)
set_target_properties(CLI11 PROPERTIES IMPORTED_LOCATION ${RAY_THIRD_PARTY}/lib/libCLI11.a
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${RAY_HEADERS} INTERFACE_INCLUDE_DIRECTORIES ${RAY_HEADERS}
  INTERFACE_COMPILE_DEFINITIONS CLI11_COMPILE)
add_library(lzma STATIC IMPORTED)
set_target_properties(lzma PROPERTIES IMPORTED_LOCATION ${RAY_THIRD_PARTY}/lib/liblzma.a
  INTERFACE_INCLUDE_DIRECTORIES ${RAY_HEADERS} INTERFACE_COMPILE_DEFINITIONS LZMA_API_STATIC)
add_library(minizip STATIC IMPORTED)
set_target_properties(minizip PROPERTIES IMPORTED_LOCATION ${RAY_THIRD_PARTY}/lib/libminizip.a
  INTERFACE_INCLUDE_DIRECTORIES ${RAY_HEADERS} INTERFACE_LINK_LIBRARIES ZLIB::ZLIB)
