#include "ray-init-agent/cgroup.h"

#include "tests/support/tree.h"

using namespace ray_init_agent;

namespace {

std::string Mount(const std::string& root, const std::string& point, const std::string& rest) {
  return "30 24 0:26 " + root + " " + point + " ro,nosuid shared:9 - " + rest + "\n";
}

// What FindCgroups() says of `self` and `mounts`, in which T stands for the tree's directory; `groups` are
// directories that are there.
Cgroups Find(const std::string& self, const std::string& mounts,
             const std::vector<std::string>& groups = {}) {
  Tree tree;
  tree.Write("self", self);
  for (const std::string& group : groups) tree.Write(group + "/cgroup.procs", "");
  std::string text = mounts;
  for (std::size_t at; (at = text.find("/T/")) != std::string::npos;) text.replace(at, 2, tree.path());
  tree.Write("mountinfo", text);
  Cgroups found = FindCgroups(tree.path() + "/self", tree.path() + "/mountinfo");
  for (std::string* path : {&found.v2, &found.cpu, &found.memory})
    if (path->starts_with(tree.path())) *path = path->substr(tree.path().size() + 1);
  return found;
}

}  // namespace

TEST_CASE("cgroup v2: a namespace, a container's own mount, the host's mount") {
  CHECK(Find("0::/\n", Mount("/", "/T/fs", "cgroup2 cgroup rw")) == Cgroups{"fs", "", ""});
  CHECK(Find("0::/kubepods/pod1/abc\n", Mount("/kubepods/pod1/abc", "/T/fs", "cgroup2 cgroup rw")).v2 ==
        "fs");
  CHECK(Find("0::/kubepods/pod1\n", Mount("/", "/T/fs", "cgroup2 cgroup rw"), {"fs/kubepods/pod1"}).v2 ==
        "fs/kubepods/pod1");
  CHECK(Find("0::/pods/a/b\n", Mount("/pods/a", "/T/fs", "cgroup2 cgroup rw"), {"fs/b"}).v2 == "fs/b");
}

// The root group's memory was once reported as the container's.
TEST_CASE("cgroup v1 without a namespace: each controller has its own group and mount") {
  const std::string self = "9:memory:/kubepods/pod1/abc\n3:cpu,cpuacct:/kubepods/pod1/abc\n0::/\n";
  const std::string host = Mount("/", "/T/fs/unified", "cgroup2 cgroup2 rw") +
                           Mount("/", "/T/fs/cpu,cpuacct", "cgroup cgroup rw,cpu,cpuacct") +
                           Mount("/", "/T/fs/memory", "cgroup cgroup rw,memory");
  CHECK(Find(self, host, {"fs/cpu,cpuacct/kubepods/pod1/abc", "fs/memory/kubepods/pod1/abc"}) ==
        Cgroups{"fs/unified", "fs/cpu,cpuacct/kubepods/pod1/abc", "fs/memory/kubepods/pod1/abc"});
  const std::string container =
      Mount("/kubepods/pod1/abc", "/T/fs/cpu,cpuacct", "cgroup cgroup rw,cpu,cpuacct") +
      Mount("/kubepods/pod1/abc", "/T/fs/memory", "cgroup cgroup rw,memory");
  CHECK(Find(self, container) == Cgroups{"", "fs/cpu,cpuacct", "fs/memory"});
}

TEST_CASE("a group that the mount does not reach is the mount's root") {
  for (const char* group : {"/gone", "/../sibling", "/", ""}) {
    INFO(group);
    CHECK(Find(std::string("0::") + group + "\n", Mount("/", "/T/fs", "cgroup2 cgroup rw")).v2 == "fs");
  }
  CHECK(Find("0::/other\n", Mount("/mine", "/T/fs", "cgroup2 cgroup rw"), {"fs/other"}).v2 == "fs");
  CHECK(Find("0::/mineral\n", Mount("/mine", "/T/fs", "cgroup2 cgroup rw"), {"fs/ral"}).v2 == "fs");
}

TEST_CASE("mounts with odd names, hidden mounts, and what cannot be read") {
  CHECK(Find("0::/\n", Mount("/", "/T/a\\040b", "cgroup2 cgroup rw")).v2 == "a b");
  CHECK(Find("0::/\n", Mount("/", "/T/one", "cgroup2 c rw") + Mount("/", "/T/two", "cgroup2 c rw")).v2 ==
        "two");
  for (const char* mounts : {"", "\n", "30 24 0:26 / /x rw", "x - cgroup2", "- - -", " - cgroup2 c rw\n"}) {
    INFO(mounts);
    CHECK(Find("0::/\n", mounts) == Cgroups{});
  }
  CHECK(FindCgroups("/nowhere", "/nowhere") == Cgroups{});
}
