#include "kubectl-ray/apply/operator_rules.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/formats/yaml.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Parsed(const std::string& yaml) {
  auto value = ParseYaml("x", yaml);
  INFO(yaml << (value ? "" : value.error().message));
  REQUIRE(value);
  return *std::move(value);
}

Json Cluster() {
  return Parsed(R"(
headGroupSpec:
  rayStartParams: {}
  template: {spec: {containers: [{name: ray, image: x}]}}
workerGroupSpecs:
- {groupName: cpus, minReplicas: 0, maxReplicas: 2, template: {spec: {containers: [{name: ray, image: x}]}}}
)");
}

// An object that keeps all rules.
Json Object(const std::string& kind) {
  Json object = {{"apiVersion", "ray.io/v1"}, {"kind", kind}, {"metadata", {{"name", "demo"}}}};
  const Json job = {{"entrypoint", "python a.py"}, {"rayClusterSpec", Cluster()}};
  if (kind == "RayCluster") object["spec"] = Cluster();
  if (kind == "RayJob") object["spec"] = job;
  if (kind == "RayService") object["spec"] = {{"rayClusterConfig", Cluster()}};
  if (kind == "RayCronJob") object["spec"] = {{"schedule", "0 0 * * *"}, {"jobTemplate", job}};
  return object;
}

// The object with a merge patch (RFC 7386) of itself. A list is replaced whole.
std::string Broken(const std::string& kind, const std::string& patch) {
  Json object = Object(kind);
  object.merge_patch(Parsed(patch));
  std::string text;
  for (const BrokenRule& rule : BrokenRules(object)) {
    CHECK_FALSE(rule.remedy.empty());
    text += (text.empty() ? "" : "\n") + rule.field + " " + rule.cause +
            (rule.gate.empty() ? "" : " [" + rule.gate + "]");
  }
  return text;
}

struct Row {
  std::string patch, broken;
};

std::string Head(const std::string& members) { return "spec: {headGroupSpec: {" + members + "}}"; }
std::string HeadEnv(const std::string& variable, const std::string& more = "") {
  return "spec: {" + more + "headGroupSpec: {template: {spec: {containers: [{name: ray, env: [" + variable +
         "]}]}}}}";
}
std::string Group(const std::string& members, const std::string& more = "") {
  return "spec: {" + more +
         "workerGroupSpecs: [{groupName: cpus, template: {spec: {containers: [{name: ray}]}}, " + members +
         "}]}";
}

void Check(const std::string& kind, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(kind << " " << row.patch);
    CHECK(Broken(kind, row.patch) == row.broken);
  }
}

const std::string kHeadEnv = "spec.headGroupSpec.template.spec.containers[0].env ";
const std::string kV2 = "enableInTreeAutoscaling: true, autoscalerOptions: {version: v2}, ";

}  // namespace

TEST_CASE("objects that keep the operator's rules, and others' objects") {
  for (const char* kind : {"RayCluster", "RayJob", "RayService", "RayCronJob"})
    CHECK(Broken(kind, "{}").empty());
  Json other = Object("RayCluster");
  other["metadata"]["name"] = "A";
  CHECK(BrokenRules(other).size() == 1);
  other["apiVersion"] = "cluster.ray.io/v1";
  CHECK(BrokenRules(other).empty());
  CHECK(BrokenRules(Json()).empty());
  CHECK(BrokenRules({{"apiVersion", "ray.io/v1"}, {"kind", "RayJob"}}).size() == 1);  // no cluster
  CHECK(BrokenRules({{"apiVersion", "ray.io/v1"}, {"kind", 7}}).empty());
}

TEST_CASE("names: how long they may be, and of what they are made") {
  const struct {
    const char* kind;
    std::size_t longest;
  } rows[] = {{"RayCluster", 53}, {"RayJob", 47}, {"RayService", 47}, {"RayCronJob", 36}};
  for (const auto& row : rows) {
    const std::string name(row.longest, 'a');
    CHECK(Broken(row.kind, "metadata: {name: " + name + "}").empty());
    CHECK(Broken(row.kind, "metadata: {name: " + name + "a}") ==
          "metadata.name has " + std::to_string(row.longest + 1) + " characters, more than " +
              std::to_string(row.longest));
    for (const char* bad : {"1a", "A", "a.b", "a-"})
      CHECK(Broken(row.kind, "metadata: {name: " + std::string(bad) + "}") ==
            "metadata.name is \"" + std::string(bad) + "\", which is no DNS label (RFC 1035)");
  }
}

TEST_CASE("rules of groups") {
  Check(
      "RayCluster",
      {{Head("template: {spec: {containers: []}}"),
        "spec.headGroupSpec.template.spec.containers has no container"},
       {Head("resources: {CPU: '2'}, rayStartParams: {num-cpus: '2'}"),
        "spec.headGroupSpec.resources is set beside rayStartParams.num-cpus"},
       {Head("resources: {}, rayStartParams: {num-cpus: '2'}"), ""},
       {Head("resources: {CPU: '2'}, rayStartParams: {num-cpus: '', port: '1'}"), ""},
       {Head("rayStartParams: {labels: a=b}"), "spec.headGroupSpec.rayStartParams.labels is not supported"},
       {Head("labels: {a b: c}"), "spec.headGroupSpec.labels[a b] is no label of Kubernetes"},
       {Head("labels: {ray.io/a: b, c: ''}"), ""},
       {Head("labels: {a: b c}"), "spec.headGroupSpec.labels[a] is no label of Kubernetes"},
       {Group("minReplicas: -1"), "spec.workerGroupSpecs[0].minReplicas is -1"},
       {Group("maxReplicas: -1"), "spec.workerGroupSpecs[0].maxReplicas is -1"},
       {Group("minReplicas: 3, maxReplicas: 2"),
        "spec.workerGroupSpecs[0].minReplicas is 3, more than maxReplicas, 2"},
       {Group("minReplicas: 2, maxReplicas: 2"), ""},
       {Group("idleTimeoutSeconds: -1", kV2), "spec.workerGroupSpecs[0].idleTimeoutSeconds is -1"},
       {Group("idleTimeoutSeconds: 0", kV2), ""},
       {Group("idleTimeoutSeconds: 1"),
        "spec.workerGroupSpecs[0].idleTimeoutSeconds is set, which only the autoscaler v2 knows"},
       {Group("priority: 1", kV2),
        "spec.workerGroupSpecs[0].priority is set, which needs Ray 2.56, and rayVersion is not given"},
       {Group("priority: 1", kV2 + "rayVersion: 2.55.1, "),
        "spec.workerGroupSpecs[0].priority is set, which needs Ray 2.56, and rayVersion is 2.55.1, before "
        "2.56"},
       {Group("priority: 1", kV2 + "rayVersion: 2.56.0, "), ""},
       {Group("priority: 1", "rayVersion: 2.56.0, "),
        "spec.workerGroupSpecs[0].priority is set, which only the autoscaler v2 knows"},
       {Group("priority: 0"), ""},
       {Group("suspend: true"), ""},
       {Group("suspend: true", kV2), "spec.workerGroupSpecs[0].suspend is true, with an autoscaler"},
       {"spec: {" + kV2 + "headGroupSpec: {template: {spec: {restartPolicy: Always}}}}",
        "spec.headGroupSpec.template.spec.restartPolicy is Always, which the autoscaler v2 does not take"},
       {"spec: {headGroupSpec: {template: {spec: {restartPolicy: Always}}}}", ""},
       {"spec: {" + kV2 +
            "workerGroupSpecs: [{groupName: a, template: {spec: {restartPolicy: OnFailure, containers: "
            "[{}]}}}]}",
        "spec.workerGroupSpecs[0].template.spec.restartPolicy is OnFailure, which the autoscaler v2 does not "
        "take"},
       {"spec: {" + kV2 +
            "workerGroupSpecs: [{groupName: a, template: {spec: {restartPolicy: Never, containers: [{}]}}}]}",
        ""}});
}

TEST_CASE("rules of GCS fault tolerance") {
  const std::string options = "gcsFaultToleranceOptions: {redisAddress: 'r:6379'}, ";
  const std::string rocks = "gcsFaultToleranceOptions: {backend: rocksdb}, ";
  const std::string gate =
      "spec.gcsFaultToleranceOptions.backend is rocksdb [GCSFaultToleranceEmbeddedStorage]";
  Check(
      "RayCluster",
      {{"spec: {" + options + "}", ""},
       {"metadata: {annotations: {ray.io/ft-enabled: 'true'}}\nspec: {" + options + "}",
        "spec.gcsFaultToleranceOptions is set beside the annotation ray.io/ft-enabled"},
       {HeadEnv("{name: RAY_REDIS_ADDRESS, value: x}"),
        kHeadEnv + "sets RAY_REDIS_ADDRESS, but there are no gcsFaultToleranceOptions"},
       {"metadata: {annotations: {ray.io/ft-enabled: 'True'}}\n" +
            HeadEnv("{name: RAY_REDIS_ADDRESS, value: x}"),
        ""},
       {HeadEnv("{name: RAY_REDIS_ADDRESS, value: x}", options),
        kHeadEnv + "sets RAY_REDIS_ADDRESS beside gcsFaultToleranceOptions"},
       {HeadEnv("{name: REDIS_PASSWORD, value: x}", options),
        kHeadEnv + "sets REDIS_PASSWORD beside gcsFaultToleranceOptions"},
       {HeadEnv("{name: REDIS_PASSWORD, value: x}"), ""},
       {"spec: {" + options + "headGroupSpec: {rayStartParams: {redis-password: x}}}",
        "spec.headGroupSpec.rayStartParams.redis-password is set beside gcsFaultToleranceOptions"},
       {"metadata: {annotations: {ray.io/external-storage-namespace: x}}\nspec: {" + options + "}",
        "spec.gcsFaultToleranceOptions are set beside the annotation ray.io/external-storage-namespace"},
       {HeadEnv("{name: REDIS_USERNAME, value: x}"), kHeadEnv + "sets REDIS_USERNAME"},
       {Head("rayStartParams: {redis-username: x}"),
        "spec.headGroupSpec.rayStartParams.redis-username is set"},
       {"spec: {" + rocks + "}", gate},
       {"spec: {gcsFaultToleranceOptions: {backend: rocksdb, redisAddress: a, redisUsername: {value: b}, "
        "redisPassword: {value: c}, externalStorageNamespace: d}}",
        gate + "\nspec.gcsFaultToleranceOptions.redisAddress is set, though backend is rocksdb"
               "\nspec.gcsFaultToleranceOptions.redisUsername is set, though backend is rocksdb"
               "\nspec.gcsFaultToleranceOptions.redisPassword is set, though backend is rocksdb"
               "\nspec.gcsFaultToleranceOptions.externalStorageNamespace is set, though backend is rocksdb"},
       {"spec: {gcsFaultToleranceOptions: {backend: rocksdb, storage: {claimName: c, size: 1Gi}}}",
        gate + "\nspec.gcsFaultToleranceOptions.storage.claimName is set beside size"},
       {HeadEnv("{name: RAY_gcs_storage_path, value: x}", rocks),
        gate + "\n" + kHeadEnv + "sets RAY_gcs_storage_path beside the backend rocksdb"},
       {"spec: {" + rocks +
            "headGroupSpec: {template: {spec: {volumes: [{name: gcs-storage}], containers: [{name: ray, "
            "volumeMounts: [{name: x, mountPath: /data/gcs}]}]}}}}",
        gate + "\nspec.headGroupSpec.template.spec.containers[0].volumeMounts has one at /data/gcs"
               "\nspec.headGroupSpec.template.spec.volumes has one called gcs-storage"},
       {"spec: {gcsFaultToleranceOptions: {storage: {size: 1Gi}}}",
        "spec.gcsFaultToleranceOptions.storage is set, though backend is redis"}});
}

TEST_CASE("rules of the autoscaler and of tokens") {
  Check(
      "RayCluster",
      {{HeadEnv("{name: RAY_enable_autoscaler_v2, value: '1'}"),
        "spec.enableInTreeAutoscaling is not true, but the head sets RAY_enable_autoscaler_v2"},
       {HeadEnv("{name: RAY_enable_autoscaler_v2, value: '0'}"), ""},
       {HeadEnv("{name: RAY_enable_autoscaler_v2, value: '1'}", "enableInTreeAutoscaling: true, "), ""},
       {HeadEnv("{name: RAY_enable_autoscaler_v2, value: '1'}", kV2),
        "spec.autoscalerOptions.version is set, and the head sets RAY_enable_autoscaler_v2, too"},
       {"spec: {autoscalerOptions: {idleTimeoutSeconds: -1}}",
        "spec.autoscalerOptions.idleTimeoutSeconds is -1"},
       {"spec: {autoscalerOptions: {env: [{name: KUBERAY_GEN_AUTOSCALER_START_CMD}]}}",
        "spec.autoscalerOptions.env sets KUBERAY_GEN_AUTOSCALER_START_CMD"},
       {"spec: {authOptions: {mode: token}}", "spec.rayVersion is not given, and authOptions.mode is token"},
       {"spec: {rayVersion: 2.51.2, authOptions: {mode: token}}",
        "spec.rayVersion is 2.51.2, before 2.52, and authOptions.mode is token"},
       {"spec: {rayVersion: nightly, authOptions: {mode: token}}",
        "spec.rayVersion is \"nightly\", which is no version, and authOptions.mode is token"},
       {"spec: {rayVersion: 2.52.0, authOptions: {mode: token}}", ""},
       {"spec: {rayVersion: 2.54.1, authOptions: {mode: token, enableK8sTokenAuth: true}}",
        "spec.rayVersion is 2.54.1, before 2.55, and authOptions.enableK8sTokenAuth is true"},
       {"spec: {rayVersion: 2.55.0, authOptions: {mode: token, enableK8sTokenAuth: true, secretName: x}}",
        "spec.authOptions.secretName is set beside enableK8sTokenAuth"},
       {"spec: {authOptions: {enableK8sTokenAuth: true}}",
        "spec.authOptions.enableK8sTokenAuth is true, but authOptions.mode is not token"}});
}

TEST_CASE("rules of what only a feature gate switches on") {
  const std::string policy = "spec.networkPolicy is set [RayClusterNetworkPolicy]";
  const std::string tls = "spec.tlsOptions is set [RayClusterMTLS]";
  const std::string history = "spec.historyServerOptions is set [RayClusterHistoryServer]";
  const std::string env = "\nspec.historyServerOptions.collectorOptions.env ";
  const auto collector = [](const std::string& members) {
    return "spec: {historyServerOptions: {collectorOptions: {image: x, env: [" + members + "]}}}";
  };
  Check(
      "RayCluster",
      {{"spec: {networkPolicy: {}}", policy},
       {"spec: {networkPolicy: {mode: DenyAllEgress, head: {ingressRules: [{}], egressRules: [{}]}}}",
        policy + "\nspec.networkPolicy.head.ingressRules is set, though mode is DenyAllEgress, which leaves "
                 "ingress "
                 "open"},
       {"spec: {networkPolicy: {mode: DenyAllIngress, worker: {egressRules: [{}]}, workerGroups: "
        "[{groupName: x}]}}",
        policy +
            "\nspec.networkPolicy.worker.egressRules is set, though mode is DenyAllIngress, which leaves "
            "egress "
            "open\nspec.networkPolicy.workerGroups[0].groupName is \"x\", and no worker group is called so"},
       {"spec: {networkPolicy: {}, workerGroupSpecs: [{groupName: CPUs, template: {spec: {containers: "
        "[{}]}}}]}",
        policy + "\nspec.workerGroupSpecs[0].groupName is \"CPUs\", which cannot stand in the name of a "
                 "NetworkPolicy"},
       {"spec: {tlsOptions: {}}", tls},
       {HeadEnv("{name: RAY_USE_TLS}", "tlsOptions: {enabled: true}, "),
        tls + "\n" + kHeadEnv + "sets RAY_USE_TLS beside tlsOptions"},
       {HeadEnv("{name: RAY_USE_TLS}", "tlsOptions: {enabled: false}, "), tls},
       {"spec: {tlsOptions: {enabled: true}, autoscalerOptions: {volumeMounts: [{name: ray-tls}]}}",
        tls + "\nspec.autoscalerOptions.volumeMounts has one called ray-tls beside tlsOptions"},
       {"spec: {historyServerOptions: {}}",
        history + "\nspec.historyServerOptions.collectorOptions is not given"},
       {"spec: {historyServerOptions: {collectorOptions: {env: [{name: STORAGE_BACKEND, value: local}]}}}",
        history + "\nspec.historyServerOptions.collectorOptions.image is not given"},
       {collector("{name: POD_IP}"),
        history + env + "sets POD_IP" + env + "does not set STORAGE_BACKEND to a value"},
       {collector("{name: STORAGE_BACKEND, value: gcs}"),
        history + env + "does not set GCS_BUCKET, which GCS needs"},
       {collector("{name: STORAGE_BACKEND, value: gcs}, {name: GCS_BUCKET, valueFrom: {}}"), history},
       {collector("{name: STORAGE_BACKEND, value: aliyunoss}, {name: OSS_REGION, value: r}"),
        history + env + "does not set OSS_BUCKET, which ALIYUNOSS needs" + env +
            "does not set OSS_ENDPOINT, which ALIYUNOSS needs"},
       {collector("{name: STORAGE_BACKEND, value: AzureBlob}"),
        history + env +
            "does not set AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_ACCOUNT_URL, which AZUREBLOB "
            "needs"},
       {collector(
            "{name: STORAGE_BACKEND, value: AzureBlob}, {name: AZURE_STORAGE_AUTH_MODE, value: default}, "
            "{name: AZURE_STORAGE_CONNECTION_STRING, value: x}"),
        history + env + "does not set AZURE_STORAGE_ACCOUNT_URL, which AZUREBLOB needs"}});
}

TEST_CASE("rules of a RayJob") {
  const std::string no_own = "rayClusterSpec: null, clusterSelector: {ray.io/cluster: c}";
  Check(
      "RayJob",
      {{"spec: {suspend: true}", "spec.shutdownAfterJobFinishes is not true, but suspend is"},
       {"spec: {suspend: true, shutdownAfterJobFinishes: true}", ""},
       {"spec: {ttlSecondsAfterFinished: -1}", "spec.ttlSecondsAfterFinished is -1"},
       {"spec: {ttlSecondsAfterFinished: 1}",
        "spec.ttlSecondsAfterFinished is set, but shutdownAfterJobFinishes is not true"},
       {"spec: {" + no_own + "}", ""},
       {"spec: {" + no_own + ", suspend: true, shutdownAfterJobFinishes: true}",
        "spec.suspend is true, with clusterSelector"},
       {"spec: {rayClusterSpec: null}", "spec.rayClusterSpec is not given, nor is clusterSelector"},
       {"spec: {clusterSelector: {a: b}}", "spec.clusterSelector has no ray.io/cluster"},
       {"spec: {" + no_own + ", submissionMode: SidecarMode}",
        "spec.submissionMode is SidecarMode, with clusterSelector"},
       {"spec: {" + no_own + ", backoffLimit: 1}", "spec.backoffLimit is 1, with clusterSelector"},
       {"spec: {submissionMode: InteractiveMode, backoffLimit: 2}",
        "spec.backoffLimit is 2, with submissionMode InteractiveMode"},
       {"spec: {submissionMode: InteractiveMode, backoffLimit: 0}", ""},
       {"spec: {backoffLimit: -1}", "spec.backoffLimit is -1"},
       {"spec: {submissionMode: SidecarMode, submitterPodTemplate: {}, submitterConfig: {}}",
        "spec.submitterPodTemplate is set, with submissionMode SidecarMode\n"
        "spec.submitterConfig is set, with submissionMode SidecarMode"},
       {"spec: {submissionMode: SidecarMode, rayClusterSpec: {headGroupSpec: {template: {spec: "
        "{restartPolicy: "
        "Always}}}}}",
        "spec.rayClusterSpec.headGroupSpec.template.spec.restartPolicy is Always, with submissionMode "
        "SidecarMode"},
       {"spec: {rayClusterSpec: {rayVersion: 2.55.0, authOptions: {mode: token, enableK8sTokenAuth: true}}}",
        "spec.rayClusterSpec.authOptions.enableK8sTokenAuth is true, which a RayJob does not support"},
       {"spec: {rayClusterSpec: {upgradeStrategy: {type: Recreate}}}",
        "spec.rayClusterSpec.upgradeStrategy.type is set, which the cluster of a RayJob does not take"},
       {"spec: {runtimeEnvYAML: 'a: ['}",
        "spec.runtimeEnvYAML is no YAML: cannot read runtimeEnvYAML:1:1: end of sequence flow not found"},
       {"spec: {runtimeEnvYAML: '- a'}", "spec.runtimeEnvYAML is no mapping"},
       {"spec: {runtimeEnvYAML: 'pip: [a]'}", ""},
       {"spec: {activeDeadlineSeconds: 0, preRunningDeadlineSeconds: -5}",
        "spec.activeDeadlineSeconds is 0\nspec.preRunningDeadlineSeconds is -5"},
       {"spec: {rayClusterSpec: {autoscalerOptions: {idleTimeoutSeconds: -1}}}",
        "spec.rayClusterSpec.autoscalerOptions.idleTimeoutSeconds is -1"}});
}

TEST_CASE("rules of what a RayJob deletes when it is over") {
  const auto rules = [](const std::string& list, const std::string& more = "") {
    return "spec: {" + more + "deletionStrategy: {deletionRules: [" + list + "]}}";
  };
  const auto rule = [](const std::string& policy, const std::string& condition) {
    return "{policy: " + policy + ", condition: {" + condition + "}}";
  };
  const std::string at = "spec.deletionStrategy.deletionRules";
  Check("RayJob",
        {{"spec: {deletionStrategy: {}}", "spec.deletionStrategy has no deletionRules"},
         {"spec: {deletionStrategy: {onSuccess: {policy: DeleteSelf}, onFailure: {policy: DeleteNone}}}", ""},
         {"spec: {deletionStrategy: {onSuccess: {policy: DeleteSelf}}}",
          "spec.deletionStrategy.onFailure.policy is not given"},
         {"spec: {shutdownAfterJobFinishes: true, deletionStrategy: {onSuccess: {policy: DeleteNone}, "
          "onFailure: "
          "{policy: DeleteSelf}}}",
          "spec.deletionStrategy.onSuccess.policy is DeleteNone, with shutdownAfterJobFinishes"},
         {rules(rule("DeleteCluster", "jobStatus: FAILED"), "shutdownAfterJobFinishes: true, "),
          at + " are set beside shutdownAfterJobFinishes"},
         {rules(rule("DeleteCluster", "ttlSeconds: 1")),
          at + "[0].condition names not exactly one of jobStatus and jobDeploymentStatus"},
         {rules(rule("DeleteCluster", "jobStatus: FAILED, ttlSeconds: -1")),
          at + "[0].condition.ttlSeconds is -1"},
         {rules(rule("DeleteCluster", "jobStatus: FAILED"),
                "rayClusterSpec: null, clusterSelector: {ray.io/cluster: c}, "),
          at + "[0].policy is DeleteCluster, with clusterSelector"},
         {rules(rule("DeleteWorkers", "jobStatus: FAILED"),
                "rayClusterSpec: {enableInTreeAutoscaling: true}, "),
          at + "[0].policy is DeleteWorkers, with an autoscaler"},
         {rules(rule("DeleteSelf", "jobStatus: FAILED") + ", " +
                rule("DeleteSelf", "jobStatus: FAILED, ttlSeconds: 9")),
          at + "[1].policy is DeleteSelf for jobStatus FAILED again"},
         {rules(rule("DeleteSelf", "jobStatus: FAILED, ttlSeconds: 5") + ", " +
                rule("DeleteWorkers", "jobStatus: FAILED, ttlSeconds: 6")),
          at + " let DeleteSelf act 5 s after jobStatus FAILED, before DeleteWorkers, at 6 s"},
         {rules(rule("DeleteSelf", "jobStatus: FAILED, ttlSeconds: 5") + ", " +
                rule("DeleteWorkers", "jobStatus: FAILED, ttlSeconds: 5") + ", " +
                rule("DeleteCluster", "jobDeploymentStatus: Failed, ttlSeconds: 50")),
          ""}});
}

TEST_CASE("rules of a RayService") {
  const auto steps = [](const std::string& options) {
    return "spec: {rayClusterConfig: {enableInTreeAutoscaling: true}, upgradeStrategy: {type: "
           "NewClusterWithIncrementalUpgrade" +
           (options.empty() ? "" : ", clusterUpgradeOptions: {" + options + "}") + "}}";
  };
  const std::string options = "spec.upgradeStrategy.clusterUpgradeOptions";
  const std::string good = "stepSizePercent: 10, intervalSeconds: 5, gatewayClassName: g";
  Check(
      "RayService",
      {{"spec: {rayClusterConfig: {rayVersion: 2.55.0, authOptions: {mode: token, enableK8sTokenAuth: "
        "true}}}",
        "spec.rayClusterConfig.authOptions.enableK8sTokenAuth is true, which a RayService does not support"},
       {"spec: {rayClusterConfig: {upgradeStrategy: {type: None}}}",
        "spec.rayClusterConfig.upgradeStrategy.type is set, which the cluster of a RayService does not take"},
       {"spec: {rayClusterConfig: {headGroupSpec: {headService: {metadata: {name: x}}}}}",
        "spec.rayClusterConfig.headGroupSpec.headService.metadata.name is set"},
       {"spec: {upgradeStrategy: {type: Recreate}}", "spec.upgradeStrategy.type is Recreate"},
       {"spec: {upgradeStrategy: {type: None}}", ""},
       {"spec: {rayClusterDeletionDelaySeconds: -1}", "spec.rayClusterDeletionDelaySeconds is below 0"},
       {"spec: {upgradeStrategy: {type: NewClusterWithIncrementalUpgrade, clusterUpgradeOptions: {" + good +
            "}}}",
        "spec.rayClusterConfig.enableInTreeAutoscaling is not true, which an upgrade in steps needs"},
       {steps(""), options + " is not given"},
       {steps(good), ""},
       {steps(good + ", maxSurgePercent: 101"), options + ".maxSurgePercent is 101, not between 0 and 100"},
       {steps(good + ", maxSurgePercent: 9"),
        options + ".stepSizePercent is 10, more than maxSurgePercent, 9"},
       {steps("intervalSeconds: 0"), options + ".stepSizePercent is not given\n" + options +
                                         ".intervalSeconds is 0\n" + options +
                                         ".gatewayClassName is not given"},
       {"metadata: {annotations: {ray.io/initializing-timeout: 30m}}", ""},
       {"metadata: {annotations: {ray.io/initializing-timeout: '600'}}", ""},
       {"metadata: {annotations: {ray.io/initializing-timeout: '0'}}",
        "metadata.annotations[ray.io/initializing-timeout] is \"0\", which is no time above 0"},
       {"metadata: {annotations: {ray.io/initializing-timeout: 2d}}",
        "metadata.annotations[ray.io/initializing-timeout] is \"2d\", which is no time above 0"},
       {"spec: {rayClusterConfig: {autoscalerOptions: {idleTimeoutSeconds: -1}}}",
        "spec.rayClusterConfig.autoscalerOptions.idleTimeoutSeconds is -1"}});
}

TEST_CASE("rules of a RayCronJob") {
  Check("RayCronJob", {{"spec: {schedule: 'TZ=UTC 0 0 * * *'}", "spec.schedule names a time zone"},
                       {"spec: {schedule: '0 25 * * *'}", "spec.schedule is no schedule: \"25\" is no hour"},
                       {"spec: {timeZone: ''}", "spec.timeZone is empty"},
                       {"spec: {timeZone: Europe/Berlin}", ""},
                       {"spec: {jobTemplate: {backoffLimit: -1}}", "spec.jobTemplate.backoffLimit is -1"}});
}
