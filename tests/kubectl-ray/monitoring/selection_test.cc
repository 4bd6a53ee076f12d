#include "kubectl-ray/monitoring/selection.h"

#include <catch2/catch_test_macros.hpp>

using namespace kubectl_ray;

namespace {

// A Prometheus of namespace "monitoring".
Json Prometheus(const char* spec) {
  return {{"metadata", {{"name", "p"}, {"namespace", "monitoring"}}}, {"spec", *shared::ParseJson(spec)}};
}

const NamespaceLabels kNamespaces = {{"team", {{"kubernetes.io/metadata.name", "team"}, {"scrape", "yes"}}}};

MonitorPlace PlaceFor(const char* spec, const Json& labels = Json::object()) {
  return PlaceMonitors(Prometheus(spec), MonitorType::kPod, "team", kNamespaces, labels);
}

Json Monitor(const char* text) { return *shared::ParseJson(text); }

}  // namespace

TEST_CASE("monitors get the labels and the namespace that a Prometheus selects by") {
  struct Row {
    const char *what, *spec, *given;
    MonitorPlace place;
  };
  const std::string none = "it has no podMonitorSelector, and so takes none";
  const std::vector<Row> rows = {
      {"everything, everywhere",
       R"({"podMonitorSelector": {}, "podMonitorNamespaceSelector": {}})",
       "{}",
       {"team", Json::object(), {}}},
      {"absent selectors: none, and its own namespace", "{}", "{}", {"monitoring", Json::object(), {none}}},
      {"kube-prometheus-stack",
       R"({"podMonitorSelector": {"matchLabels": {"release": "kps"}}, "podMonitorNamespaceSelector": {}})",
       "{}",
       {"team", {{"release", "kps"}}, {}}},
      {"expressions",
       R"({"podMonitorSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["1", "2"]},
         {"key": "b", "operator": "Exists"}, {"key": "c", "operator": "DoesNotExist"}]}, "podMonitorNamespaceSelector": {}})",
       "{}",
       {"team", {{"a", "1"}, {"b", "true"}}, {}}},
      {"what is given stays, if it fits",
       R"({"podMonitorSelector": {"matchExpressions": [{"key": "release", "operator": "In", "values": ["1", "2"]}]},
         "podMonitorNamespaceSelector": {}})",
       R"({"release": "2"})",
       {"team", {{"release", "2"}}, {}}},
      {"and also if it does not",
       R"({"podMonitorSelector": {"matchLabels": {"release": "kps"}}, "podMonitorNamespaceSelector": {}})",
       R"({"release": "x"})",
       {"team",
        {{"release", "x"}},
        {R"(the labels do not match its podMonitorSelector {"matchLabels":{"release":"kps"}})"}}},
      {"what no label mends",
       R"({"podMonitorSelector": {"matchExpressions": [{"key": "release", "operator": "DoesNotExist"}]},
         "podMonitorNamespaceSelector": {}})",
       R"({"release": "x"})",
       {"team",
        {{"release", "x"}},
        {R"(the labels do not match its podMonitorSelector {"matchExpressions":[{"key":"release","operator":"DoesNotExist"}]})"}}},
      {"namespaces by a label",
       R"({"podMonitorSelector": {}, "podMonitorNamespaceSelector": {"matchLabels": {"scrape": "yes"}}})",
       "{}",
       {"team", Json::object(), {}}},
      {"namespaces by name, of which the labels are not known",
       R"({"podMonitorSelector": {}, "podMonitorNamespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}})",
       "{}",
       {"monitoring", Json::object(), {}}},
      {"neither namespace",
       R"({"podMonitorSelector": {}, "podMonitorNamespaceSelector": {"matchLabels": {"scrape": "no"}}})",
       "{}",
       {"team",
        Json::object(),
        {R"(the labels of namespace "team" do not match its podMonitorNamespaceSelector {"matchLabels":{"scrape":"no"}})"}}},
      {"its own namespace does not help where monitors are for their own alone",
       R"({"podMonitorSelector": {}, "ignoreNamespaceSelectors": true})",
       "{}",
       {"team", Json::object(), {R"(it looks into its own namespace "monitoring" alone, not into "team")"}}},
      {"the selectors of ServiceMonitors do not count",
       R"({"podMonitorSelector": {}, "podMonitorNamespaceSelector": {}, "serviceMonitorSelector": {"matchLabels": {"a": "b"}}})",
       "{}",
       {"team", Json::object(), {}}},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const MonitorPlace place = PlaceFor(row.spec, *shared::ParseJson(row.given));
    CHECK(place.ns == row.place.ns);
    CHECK(place.labels == row.place.labels);
    CHECK(place.problems == row.place.problems);
  }
  CHECK(PlaceMonitors(Prometheus(R"({"serviceMonitorSelector": {"matchLabels": {"a": "b"}}})"),
                      MonitorType::kService, "monitoring", {},
                      Json::object()) == MonitorPlace{"monitoring", {{"a", "b"}}, {}});
}

TEST_CASE("what is placed is taken") {
  const Json prometheus = Prometheus(
      R"({"podMonitorSelector": {"matchLabels": {"release": "kps"}}, "podMonitorNamespaceSelector": {"matchLabels": {"scrape": "yes"}}})");
  const auto why = [&](const char* monitor) {
    return WhyNotTaken(prometheus, MonitorType::kPod, Monitor(monitor), kNamespaces);
  };
  CHECK(why(R"({"metadata": {"namespace": "team", "labels": {"release": "kps"}}})").empty());
  CHECK(why(R"({"metadata": {"namespace": "team", "labels": {"release": "prometheus"}}})")
            .starts_with("the labels do not match its podMonitorSelector"));
  CHECK(why(R"({"metadata": {"namespace": "team"}})")
            .starts_with("the labels do not match its podMonitorSelector"));
  CHECK(why(R"({"metadata": {"namespace": "default", "labels": {"release": "kps"}}})")
            .starts_with("the labels of namespace \"default\" do not match"));
}

TEST_CASE("whether a PodMonitor is for a cluster's pods") {
  const Json cluster = *shared::ParseJson(
      R"({"metadata": {"name": "demo"}, "spec": {"workerGroupSpecs": [{"groupName": "gpus"}]}})");
  const std::vector<Json> labels = PodLabelsOf(cluster);
  REQUIRE(labels.size() == 2);
  struct Row {
    const char* monitor;
    bool is_for_them;
  };
  const std::vector<Row> rows = {
      {R"({"metadata": {"namespace": "team"}, "spec": {"selector": {"matchLabels": {"ray.io/node-type": "head"}}}})",
       true},
      {R"({"metadata": {"namespace": "team"}, "spec": {"selector": {"matchLabels": {"ray.io/group": "gpus"}}}})",
       true},
      {R"({"metadata": {"namespace": "team"}, "spec": {"selector": {}}})", true},
      {R"({"metadata": {"namespace": "team"}, "spec": {"selector": {"matchLabels": {"app": "web"}}}})",
       false},
      {R"({"metadata": {"namespace": "team"}, "spec": {"selector": {"matchLabels": {"ray.io/cluster": "other"}}}})",
       false},
      {R"({"metadata": {"namespace": "other"}, "spec": {"selector": {}}})", false},
      {R"({"metadata": {"namespace": "other"}, "spec": {"selector": {}, "namespaceSelector": {"any": true}}})",
       true},
      {R"({"metadata": {"namespace": "other"}, "spec": {"selector": {}, "namespaceSelector": {"matchNames": ["team"]}}})",
       true},
      {R"({"metadata": {"namespace": "team"}, "spec": {"selector": {}, "namespaceSelector": {"matchNames": ["default"]}}})",
       false},
  };
  for (const Row& row : rows) {
    INFO(row.monitor);
    CHECK(IsForPods(Monitor(row.monitor), "team", labels) == row.is_for_them);
  }
  CHECK(!IsForPods(Monitor(rows[2].monitor), "team", {}));
}
