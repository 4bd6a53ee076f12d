#include "ray-init-agent/app.h"

int main(int argc, char** argv) { return ray_init_agent::RunApp({argv + 1, argv + argc}); }
