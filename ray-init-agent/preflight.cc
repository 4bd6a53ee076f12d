#include "ray-init-agent/preflight.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <memory>
#include <set>

#include "ray-init-agent/files.h"
#include "shared/split.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::ErrorCode;
using shared::FormatBytes;

// Source: Ray 2.52: services.determine_plasma_store_config, ray_constants.REQUIRE_SHM_SIZE_THRESHOLD and
// DEFAULT_OBJECT_STORE_MEMORY_PROPORTION, node.validate_socket_filepath, raylet's
// local_fs_capacity_threshold.
constexpr std::int64_t kMostWithoutSharedMemory = 10'000'000'000;
constexpr double kObjectStoreShare = 0.3;
constexpr double kFullestDisk = 0.95;
constexpr std::size_t kLongestTempDir =
    107 - sizeof("/session_2026-01-01_00-00-00_000000_1/sockets/plasma_store") + 1;

// The time for finding the owners of all taken ports, on a node with thousands of processes.
constexpr std::chrono::milliseconds kOwnerSearch(50);

Finding Warn(std::string message, std::string hint) {
  return {false, {ErrorCode::kUnavailable, std::move(message), std::move(hint)}};
}

Finding Fatal(std::string message, std::string hint) {
  return {true, {ErrorCode::kUnavailable, std::move(message), std::move(hint)}};
}

struct RayPort {
  const char* option;
  std::uint16_t fallback;  // 0: any free port
  bool head_only;
  bool fatal;  // otherwise Ray continues without what would listen there
};

constexpr std::array kPorts = {
    RayPort{"port", 6379, true, true},
    RayPort{"dashboard-port", 8265, true, false},
    RayPort{"ray-client-server-port", 10001, true, false},
    RayPort{"dashboard-agent-listen-port", 52365, false, false},
    RayPort{"metrics-export-port", 8080, false, false},
    RayPort{"node-manager-port", 0, false, true},
    RayPort{"object-manager-port", 0, false, true},
    RayPort{"runtime-env-agent-port", 0, false, true},
    RayPort{"dashboard-agent-grpc-port", 0, false, true},
};

bool IsTaken(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one,
             sizeof one);  // the remains of closed connections do not count
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const bool taken =
      bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == EADDRINUSE;
  close(fd);
  return taken;
}

void CheckPorts(const Plan& plan, const PreflightPlaces& places, CpuTime until,
                std::vector<Finding>* findings) {
  for (const RayPort& row : kPorts) {
    const std::uint16_t port = plan.RayPort(row.option, row.fallback);
    if (port == 0 || (row.head_only && !plan.is_head()) || !IsTaken(port)) continue;
    std::string message = "port " + std::to_string(port) + " (" + row.option + ") is taken by " +
                          PortOwner(port, places.proc, until);
    std::string hint = std::string("Stop that, or set rayStartParams ") + row.option + " to another port.";
    findings->push_back(row.fatal ? Fatal(std::move(message), std::move(hint))
                                  : Warn(std::move(message), std::move(hint)));
  }
}

// Ray knows nothing about our own port, so nothing of Ray may use it.
void CheckHealthPort(const Plan& plan, const PreflightPlaces& places, CpuTime until,
                     std::vector<Finding>* findings) {
  const std::uint16_t port = plan.health_port;
  if (port == 0) return;
  const std::string name = "port " + std::to_string(port) + " (health-port)";
  const std::string hint = "Set RAY_INIT_AGENT_HEALTH_PORT to another port.";
  if (IsTaken(port))
    findings->push_back(Fatal(name + " is taken by " + PortOwner(port, places.proc, until), hint));
  for (const RayPort& row : kPorts)
    if ((!row.head_only || plan.is_head()) && plan.RayPort(row.option, row.fallback) == port)
      findings->push_back(Fatal(name + " is also that of Ray's " + row.option, hint));
  const std::uint16_t low = plan.RayPort("min-worker-port", 10002),
                      high = plan.RayPort("max-worker-port", 19999);
  if (plan.RayOption("worker-port-list").empty() && low <= port && port <= high)
    findings->push_back(
        Fatal(name + " lies among the workers' ports " + std::to_string(low) + " to " + std::to_string(high),
              hint));
}

std::optional<std::int64_t> Integer(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void CheckSharedMemory(const Plan& plan, const shared::RayContainerLimits& limits,
                       const PreflightPlaces& places, std::vector<Finding>* findings) {
  if (!plan.RayOption("plasma-directory").empty()) return;
  const auto given = Integer(plan.RayOption("object-store-memory"));
  std::int64_t wanted = given.value_or(0);
  if (!given && limits.memory_bytes)
    wanted = static_cast<std::int64_t>(kObjectStoreShare * static_cast<double>(*limits.memory_bytes));
  struct statvfs fs = {};
  if (wanted == 0 || statvfs(places.shared_memory.c_str(), &fs) != 0) return;
  const auto available = static_cast<std::int64_t>(fs.f_bavail * fs.f_frsize);
  if (available >= wanted) return;
  const std::string message =
      "\"" + places.shared_memory + "\" has " + FormatBytes(static_cast<unsigned long long>(available)) +
      ", and the object store wants " + FormatBytes(static_cast<unsigned long long>(wanted));
  const std::string hint =
      "Mount an emptyDir with medium Memory there, or lower rayStartParams object-store-memory; in /tmp it "
      "is slow.";
  findings->push_back(wanted > kMostWithoutSharedMemory && given ? Fatal(message, hint)
                                                                 : Warn(message, hint));
}

// Returns the nearest directory of `path` that exists.
std::string ExistingPart(std::string path) {
  while (path.size() > 1 && access(path.c_str(), F_OK) != 0) {
    path.resize(path.rfind('/'));
    if (path.empty()) path = "/";
  }
  return path;
}

void CheckTempDir(const Plan& plan, std::vector<Finding>* findings) {
  if (plan.temp_dir_is_guess) return;
  const std::string& temp_dir = plan.temp_dir;
  const std::string hint = plan.takes_head_temp_dir
                               ? "Mount a volume there, or set rayStartParams temp-dir on the head."
                               : "Mount a volume there, or set rayStartParams temp-dir.";
  if (temp_dir.size() > kLongestTempDir)
    findings->push_back(Fatal("temp dir \"" + temp_dir + "\" is longer than " +
                                  std::to_string(kLongestTempDir) + " bytes, too long for the sockets in it",
                              "Set rayStartParams temp-dir to a shorter path."));
  const std::string directory = ExistingPart(temp_dir);
  if (faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    findings->push_back(Fatal(
        "temp dir \"" + temp_dir + "\" is not writable: \"" + directory + "\": " + shared::ErrnoText(errno),
        hint));
  struct statvfs fs = {};
  if (statvfs(directory.c_str(), &fs) != 0 || fs.f_blocks == 0) return;
  const double used = 1 - static_cast<double>(fs.f_bavail) / static_cast<double>(fs.f_blocks);
  const bool no_inodes = fs.f_files > 0 && fs.f_favail == 0;
  if (fs.f_bavail == 0 || no_inodes) {
    findings->push_back(Fatal(
        "temp dir \"" + temp_dir + "\" is full: no " + (no_inodes ? "inodes" : "space") + " left", hint));
  } else if (used > kFullestDisk) {
    findings->push_back(Warn("the disk of temp dir \"" + temp_dir + "\" is " +
                                 std::to_string(static_cast<int>(used * 100)) +
                                 "% full; over 95% Ray spills nothing",
                             hint));
  }
}

std::set<std::string> OwnAddresses() {
  std::set<std::string> addresses;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    std::array<char, INET6_ADDRSTRLEN> text = {};
    const void* bytes = nullptr;
    if (entry->ifa_addr->sa_family == AF_INET) {
      bytes = &reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr;
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      bytes = &reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr;
    }
    if (bytes != nullptr && inet_ntop(entry->ifa_addr->sa_family, bytes, text.data(), text.size()) != nullptr)
      addresses.insert(text.data());
  }
  freeifaddrs(list);
  return addresses;
}

void CheckAddress(const Plan& plan, std::vector<Finding>* findings) {
  const std::string address = plan.RayOption("node-ip-address");
  std::array<char, 16> ignored;
  const bool is_address = inet_pton(AF_INET, address.c_str(), ignored.data()) == 1 ||
                          inet_pton(AF_INET6, address.c_str(), ignored.data()) == 1;
  if (!is_address) return;
  const std::set<std::string> own = OwnAddresses();
  if (own.empty() || own.contains(address)) return;
  std::string list;
  for (const std::string& text : own)
    if (text != "127.0.0.1" && text != "::1") list += (list.empty() ? "" : ", ") + text;
  findings->push_back(Fatal("address " + address + " (node-ip-address) is not this pod's, which are: " + list,
                            "Remove rayStartParams node-ip-address: Ray finds the pod's own."));
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// Returns the inodes of the sockets that listen on `port`, from /proc/net/tcp or tcp6: `  0: 00000000:18EB
// 00000000:0000 0A ... inode`. The kernel lists listening sockets first; after them may come tens of
// thousands of connections, which alone would take more time than the search has.
std::set<std::string> ListeningInodes(std::uint16_t port, const std::string& table) {
  std::set<std::string> inodes;
  const File file(std::fopen(table.c_str(), "re"), std::fclose);
  std::array<char, 512> line;
  if (file == nullptr || std::fgets(line.data(), line.size(), file.get()) == nullptr) return inodes;
  while (std::fgets(line.data(), line.size(), file.get()) != nullptr) {
    std::vector<std::string_view> words = shared::Split(line.data(), ' ');
    words.erase(std::remove(words.begin(), words.end(), ""), words.end());
    if (words.size() < 10 || words[3] != "0A") break;
    const std::string_view local = words[1].substr(words[1].rfind(':') + 1);
    std::uint16_t number = 0;
    std::from_chars(local.data(), local.data() + local.size(), number, 16);
    if (number == port) inodes.insert("socket:[" + std::string(words[9]) + "]");
  }
  return inodes;
}

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

bool Holds(const std::string& fds, const std::set<std::string>& inodes) {
  const Directory directory(opendir(fds.c_str()), closedir);
  if (directory == nullptr) return false;
  while (const dirent* entry = readdir(directory.get())) {
    std::array<char, 64> target = {};
    const std::string path = fds + "/" + entry->d_name;
    if (readlink(path.c_str(), target.data(), target.size() - 1) > 0 && inodes.contains(target.data()))
      return true;
  }
  return false;
}

}  // namespace

CpuTime CpuTimeFromNow(std::chrono::milliseconds budget) {
  timespec used = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec) + budget;
}

std::string PortOwner(std::uint16_t port, const std::string& proc, CpuTime until) {
  std::set<std::string> inodes = ListeningInodes(port, proc + "/net/tcp");
  inodes.merge(ListeningInodes(port, proc + "/net/tcp6"));
  const Directory directory(opendir(proc.c_str()), closedir);
  while (const dirent* entry = directory != nullptr ? readdir(directory.get()) : nullptr) {
    if (CpuTimeFromNow(std::chrono::milliseconds(0)) > until) break;
    const std::string pid = entry->d_name;
    if (!Integer(pid) || !Holds(proc + "/" + pid + "/fd", inodes)) continue;
    std::string command = ReadSmallFile(proc + "/" + pid + "/cmdline").value_or("");
    while (!command.empty() && command.back() == '\0') command.pop_back();
    std::replace(command.begin(), command.end(), '\0', ' ');
    return "\"" + shared::EscapeControl(command.substr(0, 120)) + "\" (pid " + pid + ")";
  }
  return "another process";
}

std::vector<Finding> Preflight(const Plan& plan, const shared::RayContainerLimits& limits,
                               const PreflightPlaces& places) {
  std::vector<Finding> findings;
  const CpuTime until = CpuTimeFromNow(kOwnerSearch);
  CheckPorts(plan, places, until, &findings);
  CheckHealthPort(plan, places, until, &findings);
  CheckSharedMemory(plan, limits, places, &findings);
  CheckTempDir(plan, &findings);
  CheckAddress(plan, &findings);
  return findings;
}

}  // namespace ray_init_agent
