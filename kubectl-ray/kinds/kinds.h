// The table of Ray's kinds of objects: whatever a command has to know of one kind stands in that kind's row.
// One more kind is one more file beside ray_job.{h,cc} and one more row in kinds.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/formats/column.h"
#include "kubectl-ray/formats/time.h"
#include "kubectl-ray/kube/resource.h"
#include "shared/json.h"
#include "shared/json_items.h"
#include "shared/result.h"

namespace kubectl_ray {

// The Ray cluster that an object uses.
struct UsedCluster {
  std::string name;  // empty: the object has none yet
  bool own = true;   // made for the object, and deleted with it

  bool operator==(const UsedCluster&) const = default;
};

struct Kind {
  Resource resource;
  // TYPE in TYPE/NAME is any of `type`, resource.plural, `noun` and `nouns`, in any case; the first two also
  // with the group after them, as kubectl prints them: rayjob.ray.io/NAME.
  std::string type;   // "rayjob": how TYPE is printed
  std::string noun;   // "job": how `kubectl ray get job` is typed
  std::string nouns;  // "jobs"
  // The columns of `get`.
  std::vector<Column> (*columns)(const Clock& now);
  // nullptr: no object of this kind uses a cluster.
  UsedCluster (*cluster_of)(const shared::Json& object);
  // What `status` prints above the diagnosis of the cluster: the object's state, then what explains it. The
  // texts come from the object and are not escaped. nullptr: the diagnosis says it all.
  std::vector<std::string> (*lines)(const shared::Json& object);
  // A sentence: what to do on an API server that does not serve this kind.
  std::string where_not_served;
  // What `columns` read: a table asks for no more of each object.
  shared::JsonFields fields = {};
};

// The rows, in the order in which texts list them; RayCluster is the first. A row stays where it is until the
// program ends: it may be kept by its address, which also identifies it.
std::span<const Kind* const> Kinds();

// The kind that goes by `word` (see Kind), or nullptr.
const Kind* FindKind(std::string_view word);

// "raycluster, rayjob, rayservice and raycronjob", if `conjunction` is "and".
std::string KindTypes(std::string_view conjunction);

// The error (kNotFound) for a kind that the API server does not serve.
shared::Unexpected<shared::Error> NotServed(const Kind& kind);

// Puts a kind at the end of the table while it lives. For tests, which so see that every command takes the
// kind from its row; not thread-safe. REQUIRES: `kind` outlives it and everything that was made of the table.
class KindForTest {
 public:
  explicit KindForTest(const Kind& kind);
  ~KindForTest();
  KindForTest(const KindForTest&) = delete;
  KindForTest& operator=(const KindForTest&) = delete;
};

}  // namespace kubectl_ray
