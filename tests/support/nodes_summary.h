// The dashboard's /nodes?view=summary of Ray 2.60, shortened: a head, a node with GPUs, one that measured its
// host, one that is in no pod, and one that is dead.
#pragma once

inline constexpr const char* kNodesSummary = R"json({
  "result": true, "msg": "Node summary fetched.",
  "data": {
    "summary": [
      {"now": 1764453562.0, "hostname": "demo-head", "ip": "10.0.0.1", "cpu": 12.5, "cpus": [2, 1],
       "mem": [4294967296, 3221225472, 25.0, 1073741824], "cgroupMem": [1073741824, 4294967296],
       "hostMem": [50000000000, 270000000000], "disk": {"/": {"total": 1, "used": 0}}, "gpus": [], "tpus": [],
       "raylet": {"nodeId": "aa", "nodeManagerAddress": "10.0.0.1", "instanceId": "demo-head", "state": "ALIVE",
         "isHeadNode": true, "resourcesTotal": {"memory": 2147483648.0, "objectStoreMemory": 1073741824.0,
         "node:10.0.0.1": 1.0}, "storeStats": {"objectStoreBytesUsed": "104857600",
         "objectStoreBytesAvail": "1073741824"}, "objectStoreUsedMemory": 104857600,
         "coreWorkersStats": [{"pid": 5, "name": "x", "memory": 5, "usedResources": {"CPU": 5}}]}},
      {"now": 1764453561.5, "hostname": "demo-gpu-a", "ip": "10.0.0.2", "cpu": 37.5, "cpus": [4, 2],
       "mem": [270000000000, 220000000000, 18.5, 50000000000], "cgroupMem": [3221225472, 8589934592],
       "gpus": [{"index": 0, "name": "NVIDIA A100-SXM4-80GB", "uuid": "GPU-1", "utilizationGpu": 87,
                 "memoryUsed": 30720, "memoryTotal": 81920, "processesPids": [{"pid": 7, "gpuMemoryUsage": 3}]},
                {"index": 1, "name": "NVIDIA A100-SXM4-80GB", "uuid": "GPU-2", "utilizationGpu": null,
                 "memoryUsed": 0, "memoryTotal": 81920, "processesPids": null}],
       "raylet": {"nodeId": "bb", "nodeManagerAddress": "10.0.0.2", "instanceId": "demo-gpu-a", "state": "ALIVE",
         "resourcesTotal": {"CPU": 4.0, "GPU": 2.0, "memory": 5368709120.0}, "storeStats": {
         "objectStoreBytesAvail": "2147483648", "spilledBytesTotal": "5368709120", "numLocalObjects": "3"}}},
      {"now": 1764453500.0, "cpu": 50.0, "cpus": [64, 32], "mem": [270000000000, 220000000000, 18.5, 50000000000],
       "gpus": [{"index": 0, "utilizationGpu": 99, "memoryUsed": 1, "memoryTotal": 2}],
       "raylet": {"nodeId": "cc", "nodeManagerAddress": "10.0.0.3", "instanceId": "", "state": "ALIVE",
         "resourcesTotal": {"CPU": 1.0, "memory": 1073741824.0}, "storeStats": {"objectStoreBytesAvail": "0"}}},
      {"raylet": {"nodeId": "dd", "nodeManagerAddress": "10.9.9.9\u001b[31m", "state": "ALIVE",
         "resourcesTotal": {}}},
      {"now": 1764450000.0, "raylet": {"nodeId": "ee", "nodeManagerAddress": "10.0.0.2", "state": "DEAD",
         "instanceId": "demo-gpu-a"}}
    ],
    "nodeLogicalResources": {
      "aa": "0B/2.00GiB memory\n0B/1.00GiB object_store_memory",
      "bb": "1.0/4.0 CPU\n1.5/2.0 GPU\n1.00GiB/5.00GiB memory\n0B/2.00GiB object_store_memory",
      "10.0.0.3": "0.0/1.0 CPU\n0B/1.00GiB memory"
    }
  }
})json";
