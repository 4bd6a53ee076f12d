// What the agent of a node with two GPUs serves at /metrics, as Ray 2.60 writes it, shortened: with labels
// of OpenTelemetry's on some, components' numbers between them, and a device's name that needs escapes.
#pragma once

inline constexpr const char* kAgentMetrics = R"(# HELP python_info Python platform information
# TYPE python_info gauge
python_info{implementation="CPython",major="3",version="3.11.2"} 1.0
# HELP process_open_fds Number of open file descriptors.
# TYPE process_open_fds gauge
process_open_fds 6.0
# HELP ray_node_cpu_utilization Total CPU usage on a ray node
# TYPE ray_node_cpu_utilization gauge
ray_node_cpu_utilization{IsHeadNode="false",RayNodeType="worker",SessionName="session_1",Version="2.60.0",ip="10.0.0.2",otel_scope_name="ray._private.telemetry",otel_scope_schema_url="",otel_scope_version=""} 37.5
ray_node_cpu_count{IsHeadNode="false",SessionName="session_1",ip="10.0.0.2"} 4.0
ray_node_mem_used{IsHeadNode="false",SessionName="session_1",ip="10.0.0.2"} 5e+10
ray_node_mem_total{IsHeadNode="false",SessionName="session_1",ip="10.0.0.2"} 2.7e+11
ray_node_mem_used_host{SessionName="session_1",ip="10.0.0.2"} 9e+10
ray_node_cgroup_mem_used{SessionName="session_1",ip="10.0.0.2"} 3.221225472e+09
ray_node_cgroup_mem_total{SessionName="session_1",ip="10.0.0.2"} 8.589934592e+09
ray_component_rss_mb{Component="raylet",SessionName="session_1",ip="10.0.0.2",pid="7"} 75.5
ray_node_gpus_available{GpuDeviceName="NVIDIA \"A100\"\\SXM4",GpuIndex="0",GpuUuid="GPU-1",ip="10.0.0.2"} 1.0
ray_node_gpus_utilization{GpuDeviceName="NVIDIA \"A100\"\\SXM4",GpuIndex="0",GpuUuid="GPU-1",ip="10.0.0.2"} 87.0
ray_node_gpus_utilization{GpuDeviceName="NVIDIA \"A100\"\\SXM4",GpuIndex="1",GpuUuid="GPU-2",ip="10.0.0.2"} 0.0
ray_node_gram_used{GpuDeviceName="NVIDIA \"A100\"\\SXM4",GpuIndex="0",GpuUuid="GPU-1",ip="10.0.0.2"} 30720.0
ray_node_gram_used{GpuDeviceName="NVIDIA \"A100\"\\SXM4",GpuIndex="1",GpuUuid="GPU-2",ip="10.0.0.2"} 0.0
ray_node_gram_available{GpuDeviceName="NVIDIA \"A100\"\\SXM4",GpuIndex="0",GpuUuid="GPU-1",ip="10.0.0.2"} 51200.0
ray_node_gram_available{GpuDeviceName="NVIDIA \"A100\"\\SXM4",GpuIndex="1",GpuUuid="GPU-2",ip="10.0.0.2"} 81920.0
# HELP ray_resources Logical Ray resources broken per state {AVAILABLE, USED}
# TYPE ray_resources gauge
ray_resources{Component="raylet",Name="CPU",NodeAddress="10.0.0.2",State="AVAILABLE"} 3.0
ray_resources{Component="raylet",Name="CPU",NodeAddress="10.0.0.2",State="USED"} 1.0
ray_resources{Component="raylet",Name="GPU",NodeAddress="10.0.0.2",State="AVAILABLE"} 0.5
ray_resources{Component="raylet",Name="GPU",NodeAddress="10.0.0.2",State="USED"} 1.5
ray_resources{Component="raylet",Name="memory",NodeAddress="10.0.0.2",State="AVAILABLE"} 4.294967296e+09
ray_resources{Component="raylet",Name="memory",NodeAddress="10.0.0.2",State="USED"} 1.073741824e+09
ray_resources{Component="raylet",Name="node:10.0.0.2",NodeAddress="10.0.0.2",State="USED"} 0.0
ray_object_store_memory{Component="raylet",Location="MMAP_SHM",ObjectState="SEALED"} 1.0
ray_object_store_available_memory{Component="raylet",NodeAddress="10.0.0.2"} 2.147483648e+09
ray_object_store_used_memory{Component="raylet",NodeAddress="10.0.0.2"} 0.0
ray_spill_manager_objects_bytes{Component="raylet",State="Pinned"} 5.0
ray_spill_manager_objects_bytes{Component="raylet",State="Spilled"} 5.36870912e+09
)";
