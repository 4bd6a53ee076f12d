# Finds the static libraries that cmake/third-party builds (once; cached outside the tree).
set(RAY_TARGET native CACHE STRING "What to build for, as cmake/third-party names it")
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/cmake/third-party ${RAY_TARGET}
                OUTPUT_VARIABLE RAY_THIRD_PARTY OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
list(PREPEND CMAKE_PREFIX_PATH ${RAY_THIRD_PARTY})
set(CMAKE_FIND_PACKAGE_PREFER_CONFIG ON)
set(ZLIB_ROOT ${RAY_THIRD_PARTY})

find_package(ZLIB REQUIRED)
find_package(MbedTLS REQUIRED)
find_package(c-ares REQUIRED)
find_package(CURL REQUIRED NO_MODULE)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Catch2 3 REQUIRED)

add_library(protozero INTERFACE)
target_include_directories(protozero SYSTEM INTERFACE ${RAY_THIRD_PARTY}/include)
add_library(minizip STATIC IMPORTED)
set_target_properties(minizip PROPERTIES IMPORTED_LOCATION ${RAY_THIRD_PARTY}/lib/libminizip.a
  INTERFACE_INCLUDE_DIRECTORIES ${RAY_THIRD_PARTY}/include INTERFACE_LINK_LIBRARIES ZLIB::ZLIB)
