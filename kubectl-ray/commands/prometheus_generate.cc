#include "kubectl-ray/commands/prometheus_generate.h"

#include <algorithm>
#include <set>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/clusters/clusters.h"
#include "kubectl-ray/commands/arguments.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/prometheus.h"
#include "kubectl-ray/manifests/names.h"
#include "kubectl-ray/monitoring/dashboards.h"
#include "kubectl-ray/monitoring/monitors.h"
#include "kubectl-ray/monitoring/scrape_config.h"
#include "kubectl-ray/monitoring/selection.h"
#include "kubectl-ray/operator/installation.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::StringAt;

constexpr const char* kReleaseLabel = "release";  // by which the chart kube-prometheus-stack selects

// What is looked at, whatever is printed.
struct Scraped {
  std::string ns;
  std::vector<Json> clusters;
  ScrapePlan plan;
  std::optional<OperatorService> kuberay;
};

shared::Status CheckFlags(const PrometheusGenerateFlags& flags) {
  if (!flags.output.empty() && flags.output != "yaml" && flags.output != "json")
    return Fail(ErrorCode::kUsage,
                "cannot print what Prometheus takes as \"" + shared::EscapeControl(flags.output) + "\"",
                "Use -o yaml or -o json.");
  if (!flags.release.empty()) TRY(CheckLabelValue("the value of --release", flags.release));
  return flags.interval.empty() ? shared::Ok() : CheckInterval(flags.interval);
}

// In all namespaces, or in `ns` if the server refuses that.
Result<std::vector<Json>> ListEverywhere(const KubeClient& kube, const Resource& resource,
                                         const std::string& ns) {
  auto listed = kube.ListAll(resource, "", {});
  if (listed || listed.error().code != ErrorCode::kAuth) return listed;
  return kube.ListAll(resource, ns, {});
}

Result<std::optional<OperatorService>> FindOperatorService(const KubeClient& kube, const std::string& ns) {
  ASSIGN_OR_RETURN(const std::vector<Json> operators, FindOperators(kube, ns));
  for (const Json& found : operators) {
    ASSIGN_OR_RETURN(const std::vector<Json> services,
                     kube.ListAll(kServices, StringAt(found, {"metadata", "namespace"}), {}));
    if (auto service = OperatorServiceOf(found, services)) return service;
  }
  return Fail(ErrorCode::kNotFound, "cannot find the Service of KubeRay's operator",
              "`kubectl ray operator status` says whether it is installed; leave out --kuberay otherwise.");
}

Result<std::vector<Json>> FindClusters(const KubeClient& kube, const std::string& ns,
                                       const std::string& name) {
  std::vector<Json> clusters;
  if (!name.empty()) {
    ASSIGN_OR_RETURN(Cluster cluster, FindCluster(kube, ns, name));
    clusters.push_back(std::move(cluster.ray_cluster));
    return clusters;
  }
  TRY(EachCluster(kube, ns, {}, [&](Cluster cluster) {
    clusters.push_back(std::move(cluster.ray_cluster));
    return true;
  }));
  return clusters;
}

Result<Scraped> Gather(const KubeClient& kube, const std::string& ns, const PrometheusGenerateFlags& flags) {
  Scraped scraped{ns, {}, {}, {}};
  ASSIGN_OR_RETURN(scraped.clusters, FindClusters(kube, ns, flags.cluster));
  scraped.plan = PlanScrapes(scraped.clusters, flags.cluster);
  for (const std::string& note : scraped.plan.notes) kube.Note(note);
  if (flags.kuberay) {
    ASSIGN_OR_RETURN(scraped.kuberay, FindOperatorService(kube, ns));
  }
  return scraped;
}

std::string NameOf(const Json& object) {
  return StringAt(object, {"metadata", "namespace"}) + "/" + StringAt(object, {"metadata", "name"});
}

// The Prometheus to fit; null, with a note, if there is none to look at.
Result<Json> ChoosePrometheus(const KubeClient& kube, const std::string& ns, const std::string& wanted) {
  const auto listed = ListEverywhere(kube, kPrometheuses, ns);
  if (!listed && listed.error().code == ErrorCode::kAuth && wanted.empty()) {
    kube.Note("no Prometheus could be looked at, so that no label is fitted to it (--release gives one): " +
              listed.error().message);
    return Json();
  }
  if (!listed) return shared::Unexpected(listed.error());
  std::vector<std::string> names, meant_names;
  std::vector<Json> meant;
  for (const Json& prometheus : *listed) {
    const std::string name = StringAt(prometheus, {"metadata", "name"}), full_name = NameOf(prometheus);
    names.insert(names.end(), {name, full_name});
    if (!wanted.empty() && wanted != name && wanted != full_name) continue;
    meant.push_back(prometheus);
    meant_names.push_back(full_name);
  }
  if (meant.size() == 1) return meant.front();
  if (meant.size() > 1)
    return Fail(ErrorCode::kUsage, "there are several Prometheuses: which one is meant?",
                "Name one: --prometheus " + meant_names[0] + " or " + meant_names[1] + ".");
  if (!wanted.empty())
    return Fail(ErrorCode::kNotFound, "cannot find Prometheus \"" + wanted + "\"",
                shared::DidYouMean(wanted, names));
  kube.Note("no Prometheus object is there yet, so that no label is fitted to it (--release gives one)");
  return Json();
}

NamespaceLabels LabelsOfNamespaces(const KubeClient& kube, const std::set<std::string>& names) {
  NamespaceLabels labels;
  for (const std::string& name : names)
    if (const auto ns = name.empty() ? Result<Json>(Json()) : kube.Get(kNamespaces, "", name); ns)
      if (const Json& own = shared::At(*ns, {"metadata", "labels"}); own.is_object()) labels[name] = own;
  return labels;
}

// Those that are for the pods of these clusters.
Result<std::vector<Json>> MonitorsOfPods(const KubeClient& kube, const Scraped& scraped) {
  ASSIGN_OR_RETURN(std::vector<Json> monitors, ListEverywhere(kube, kPodMonitors, scraped.ns));
  std::vector<Json> pod_labels;
  for (const Json& cluster : scraped.clusters)
    for (Json& labels : PodLabelsOf(cluster)) pod_labels.push_back(std::move(labels));
  std::erase_if(monitors, [&](const Json& monitor) { return !IsForPods(monitor, scraped.ns, pod_labels); });
  return monitors;
}

void NoteOthers(const KubeClient& kube, const Json& prometheus, const Scraped& scraped,
                const std::vector<Json>& ours) {
  const auto monitors = MonitorsOfPods(kube, scraped);
  if (!monitors) return kube.Note("other PodMonitors are not looked at: " + monitors.error().message);
  std::set<std::string> namespaces;
  for (const Json& monitor : *monitors) namespaces.insert(StringAt(monitor, {"metadata", "namespace"}));
  const NamespaceLabels labels = LabelsOfNamespaces(kube, namespaces);
  for (const Json& monitor : *monitors) {
    const bool is_ours = std::any_of(ours.begin(), ours.end(),
                                     [&](const Json& own) { return NameOf(own) == NameOf(monitor); });
    const std::string what = "podmonitor " + NameOf(monitor);
    const std::string why = WhyNotTaken(prometheus, MonitorType::kPod, monitor, labels);
    if (!why.empty())
      kube.Note(what + " is for Ray's pods, and Prometheus " + NameOf(prometheus) +
                " does not take it: " + why);
    else if (is_ours)
      kube.Note(what + " is there, and Prometheus " + NameOf(prometheus) + " takes it");
    else
      kube.Note(what + " scrapes Ray's pods already: beside these monitors each series comes twice");
  }
}

MonitorObjectOptions Place(const KubeClient& kube, const Json& prometheus, MonitorType type,
                           const std::string& ns, const PrometheusGenerateFlags& flags) {
  Json given = Json::object();
  if (!flags.release.empty()) given[kReleaseLabel] = flags.release;
  if (prometheus.is_null()) return {ns, ns, given, flags.interval};
  const std::string own = StringAt(prometheus, {"metadata", "namespace"});
  const MonitorPlace place = PlaceMonitors(prometheus, type, ns, LabelsOfNamespaces(kube, {ns, own}), given);
  const char* kind = type == MonitorType::kPod ? "PodMonitors" : "ServiceMonitor";
  for (const std::string& problem : place.problems)
    kube.Note("Prometheus " + NameOf(prometheus) + " will not take the " + kind + ": " + problem);
  return {place.ns, ns, place.labels, flags.interval};
}

Result<std::vector<Json>> Monitors(const KubeClient& kube, const Scraped& scraped,
                                   const PrometheusGenerateFlags& flags) {
  ASSIGN_OR_RETURN(const Json prometheus, ChoosePrometheus(kube, scraped.ns, flags.prometheus));
  std::vector<Json> monitors =
      PodMonitorsFor(scraped.plan, Place(kube, prometheus, MonitorType::kPod, scraped.ns, flags));
  if (!prometheus.is_null()) NoteOthers(kube, prometheus, scraped, monitors);
  if (scraped.kuberay)
    monitors.push_back(ServiceMonitorFor(
        *scraped.kuberay, Place(kube, prometheus, MonitorType::kService, scraped.kuberay->ns, flags)));
  return monitors;
}

Result<int> Run(const PrometheusGenerateFlags& flags, CommandContext& context) {
  TRY(CheckFlags(flags));
  ASSIGN_OR_RETURN(const std::string ns, context.Namespace());
  if (flags.grafana) {
    PrintObjects(context.io, flags.output, DashboardConfigMaps(ns));
    return kExitOk;
  }
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(const Scraped scraped, Gather(*kube, ns, flags));
  ASSIGN_OR_RETURN(const bool has_operator, kube->Serves(kPodMonitors));
  if (has_operator && !flags.scrape_config) {
    ASSIGN_OR_RETURN(std::vector<Json> monitors, Monitors(*kube, scraped, flags));
    PrintObjects(context.io, flags.output, std::move(monitors));
    return kExitOk;
  }
  if (!has_operator)
    kube->Note(
        "the Prometheus operator is not installed here, so this is the part scrape_configs of "
        "prometheus.yml; "
        "a Prometheus that follows annotations takes the nodes' metrics alone, by prometheus.io/scrape: "
        "\"true\" and prometheus.io/port: \"8080\" on Ray's pods");
  // One document, which is no object of Kubernetes.
  const Json config = ScrapeConfigFor(scraped.plan, ns, scraped.kuberay, flags.interval);
  context.io.out << (flags.output == "json" ? shared::DumpJson(config, 4) + "\n" : DumpYaml(config));
  return kExitOk;
}

}  // namespace

void PrometheusGenerate(Leaf& leaf) {
  auto& flags = leaf.Flags<PrometheusGenerateFlags>();
  AddClusterArgument(leaf, &flags.cluster,
                     "The cluster; if left out, all of the namespace, those to come included");
  leaf.Flag("--prometheus", &flags.prometheus,
            "The Prometheus object to fit: [NAMESPACE/]NAME; may be left out if there is one alone");
  leaf.Flag("--release", &flags.release,
            "Value of the label release, by which a Prometheus selects [what its selectors ask for]");
  leaf.Flag("--interval", &flags.interval, "How often to scrape, such as 15s [the Prometheus' own interval]");
  leaf.Flag("--kuberay", &flags.kuberay, "Have the metrics of KubeRay's operator scraped, too");
  auto* scrape_config = leaf.Flag("--scrape-config", &flags.scrape_config,
                                  "Print scrape_configs for a Prometheus without its operator, even if the "
                                  "operator is installed");
  leaf.Flag("--grafana", &flags.grafana,
            "Print Grafana's dashboards, as ConfigMaps that its sidecar finds, instead")
      ->excludes(scrape_config);
  leaf.Flag("-o,--output", &flags.output, "yaml, json");
  leaf.Note(
      "It prints PodMonitors for the metrics of Ray's nodes, of the autoscaler and of the dashboard, at the "
      "ports that each cluster has. They get the labels and the namespace by which the cluster's Prometheus "
      "selects; why one would not be taken, and which others scrape the same pods, is said on stderr. "
      "Nothing is "
      "changed.");
  leaf.Note("Without the Prometheus operator it prints scrape_configs for the same endpoints.");
  leaf.Example("Have all clusters of the namespace scraped",
               "kubectl ray prometheus generate | kubectl apply -f -");
  leaf.Example("One cluster, for a Prometheus that was installed by Helm as kps",
               "kubectl ray prometheus generate demo --release kps --interval 15s | kubectl apply -f -");
  leaf.Example("Dashboards for Grafana", "kubectl ray prometheus generate --grafana | kubectl apply -f -");
  leaf.Example("For a prometheus.yml of your own", "kubectl ray prometheus generate --scrape-config");
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
