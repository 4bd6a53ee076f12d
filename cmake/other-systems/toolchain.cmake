# Toolchain file: cmake/zig.cmake for macOS and Windows. RAY_TARGET has the oldest macOS to start on in its name
# (aarch64-macos.13.0).
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
if(RAY_TARGET MATCHES macos)
  set(CMAKE_SYSTEM_NAME Darwin)
endif()
