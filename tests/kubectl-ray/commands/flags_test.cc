// argv → flags: what a leaf would be run with, without running it.
#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/commands/apply.h"
#include "kubectl-ray/commands/autoscaler.h"
#include "kubectl-ray/commands/change_operator.h"
#include "kubectl-ray/commands/commands.h"
#include "kubectl-ray/commands/convert.h"
#include "kubectl-ray/commands/create_cluster.h"
#include "kubectl-ray/commands/create_cronjob.h"
#include "kubectl-ray/commands/create_job.h"
#include "kubectl-ray/commands/create_networkpolicy.h"
#include "kubectl-ray/commands/create_service.h"
#include "kubectl-ray/commands/create_workergroup.h"
#include "kubectl-ray/commands/delete.h"
#include "kubectl-ray/commands/exec.h"
#include "kubectl-ray/commands/get_flags.h"
#include "kubectl-ray/commands/inject.h"
#include "kubectl-ray/commands/job_list.h"
#include "kubectl-ray/commands/job_submit.h"
#include "kubectl-ray/commands/logs.h"
#include "kubectl-ray/commands/operator_uninstall.h"
#include "kubectl-ray/commands/prometheus_generate.h"
#include "kubectl-ray/commands/rights.h"
#include "kubectl-ray/commands/rollout_history.h"
#include "kubectl-ray/commands/rollout_status.h"
#include "kubectl-ray/commands/rollout_undo.h"
#include "kubectl-ray/commands/rsync_down.h"
#include "kubectl-ray/commands/rsync_up.h"
#include "kubectl-ray/commands/scale.h"
#include "kubectl-ray/commands/session.h"
#include "kubectl-ray/commands/top.h"

using namespace kubectl_ray;

namespace {

using Words = std::vector<std::string>;

template <typename Flags>
Flags Read(const Words& words) {
  CommandTree tree(Commands());
  const auto parsed = tree.Parse(words);
  INFO((parsed ? "" : parsed.error().message));
  REQUIRE(parsed);
  REQUIRE(tree.Find(parsed->command) != nullptr);
  const Flags* flags = tree.Find(parsed->command)->flags<Flags>();
  REQUIRE(flags != nullptr);
  return *flags;
}

// What stands after `--`.
Words Program(const Words& words) {
  CommandTree tree(Commands());
  REQUIRE(tree.Parse(words));
  return tree.global().program.value_or(Words{"<none>"});
}

std::string Refusal(const Words& words) {
  CommandTree tree(Commands());
  const auto parsed = tree.Parse(words);
  return parsed ? "" : parsed.error().message;
}

}  // namespace

TEST_CASE("flags of autoscaler") {
  CHECK(Read<AutoscalerFlags>({"autoscaler"}) == AutoscalerFlags{});
  CHECK(Read<AutoscalerFlags>({"autoscaler", "demo", "-w", "-o=json"}) ==
        AutoscalerFlags{"demo", "json", true});
}

TEST_CASE("flags of top") {
  CHECK(Read<TopFlags>({"top", "cluster"}) == TopFlags{});
  CHECK(Read<TopFlags>({"top", "clusters", "demo", "-wojson"}) == TopFlags{"demo", "", "", "json", true});
  CHECK(Read<TopFlags>({"top", "node", "-c", "demo", "--sort-by=gpu-memory"}) ==
        TopFlags{"", "demo", "gpu-memory", "", false});
  CHECK(Read<TopFlags>({"top", "pod", "demo-head", "-o", "name"}) ==
        TopFlags{"demo-head", "", "", "name", false});
}

TEST_CASE("flags of get: every spelling of pflag is the same value") {
  GetFlags expected;
  CHECK(Read<GetFlags>({"get", "cluster"}) == expected);
  expected.name = "demo";
  expected.output = "json";
  expected.all_namespaces = true;
  expected.watch = true;
  CHECK(Read<GetFlags>({"get", "cluster", "demo", "-Awo", "json"}) == expected);
  CHECK(Read<GetFlags>({"list", "clusters", "-A=true", "--watch", "--output=json", "demo"}) == expected);
  CHECK(Read<GetFlags>({"get", "-A", "cluster", "demo", "-w", "-ojson"}) == expected);
  CHECK(Read<GetFlags>({"get", "cluster", "-o="}) == [] {
    GetFlags equals_sign;  // as pflag reads it
    equals_sign.output = "=";
    return equals_sign;
  }());
  GetFlags of_cluster;
  of_cluster.cluster = "demo";
  CHECK(Read<GetFlags>({"get", "node", "-c", "demo"}) == of_cluster);
  CHECK(Read<GetFlags>({"get", "workergroup", "--ray-cluster=demo"}) == of_cluster);
}

TEST_CASE("flags of a RayService: an application, a file, and the cluster below them") {
  CHECK(Read<CreateServiceFlags>({"create", "service"}) == CreateServiceFlags());
  CreateServiceFlags expected;
  expected.name = "x";
  expected.import_path = "a:b";
  expected.app_name = "app";
  expected.route_prefix = "/app";
  expected.runtime_env_json = "{}";
  expected.serve_config = "-";
  expected.cluster.worker.replicas = 3;
  expected.wait = true;
  CHECK(Read<CreateServiceFlags>({"create", "service", "x", "--import-path=a:b", "--app-name", "app",
                                  "--route-prefix=/app", "--runtime-env-json={}", "--serve-config", "-",
                                  "--worker-replicas=3", "--wait"}) == expected);
  CHECK(!Refusal({"create", "service", "x", "--route-prefix", "/a"}).empty());
  CreateServiceFlags on_cluster;
  on_cluster.dashboard = {
      .cluster = "demo", .address = "", .headers = "", .verify = "", .ca = "ca", .token_file = "t"};
  on_cluster.import_path = "a:b";
  on_cluster.replace = on_cluster.yes = true;
  CHECK(Read<CreateServiceFlags>({"create", "service", "-c", "demo", "--ca=ca", "--ray-token-file", "t",
                                  "--import-path=a:b", "--replace", "-y"}) == on_cluster);
  RolloutStatusFlags status;
  status.service = "cluster/demo";
  status.dashboard.address = "x:8265";
  status.watch = false;
  CHECK(Read<RolloutStatusFlags>({"rollout", "status", "cluster/demo", "--address=x:8265", "-w=false"}) ==
        status);
  RolloutUndoFlags undo;
  undo.service = "rayservice/x";
  undo.to_revision = 4;
  undo.dry_run = undo.yes = true;
  CHECK(Read<RolloutUndoFlags>({"rollout", "undo", "rayservice/x", "--to-revision=4", "--dry-run", "-y"}) ==
        undo);
  CHECK(!Refusal({"rollout", "undo", "x", "--to-revision", "a"}).empty());
}

TEST_CASE("flags of rollout history") {
  CHECK(Read<RolloutHistoryFlags>({"rollout", "history", "x"}) == RolloutHistoryFlags{"x", 0, ""});
  CHECK(Read<RolloutHistoryFlags>({"rollout", "history", "rayservice/x", "--revision=3", "-ojson"}) ==
        RolloutHistoryFlags{"rayservice/x", 3, "json"});
  CHECK(!Refusal({"rollout", "history", "x", "--revision", "a"}).empty());
  CHECK(!Refusal({"rollout", "history"}).empty());
}

TEST_CASE("flags of create job and create cronjob: what runs, its cluster, and its fate") {
  CHECK(Read<CreateJobFlags>({"create", "job"}) == CreateJobFlags());
  CreateJobFlags job;
  job.name = "x";
  job.job.ray_cluster = "demo";
  job.job.job.env = {"A=b"};
  job.job.cluster.worker.replicas = 3;
  job.job.fate = {.submission_mode = "HTTPMode",
                  .backoff_limit = 0,
                  .active_deadline_seconds = 60,
                  .ttl_seconds_after_finished = 5,
                  .shutdown_after_job_finishes = false,
                  .deletion_rules = {"FAILED:DeleteSelf", "SUCCEEDED:DeleteSelf:9"}};
  job.job.set = {"spec.a=1"};
  job.dry_run = "client";
  CHECK(Read<CreateJobFlags>({"create",
                              "job",
                              "x",
                              "--cluster=demo",
                              "--env=A=b",
                              "--worker-replicas",
                              "3",
                              "--submission-mode=HTTPMode",
                              "--backoff-limit=0",
                              "--active-deadline-seconds=60",
                              "--ttl-seconds-after-finished=5",
                              "--shutdown-after-job-finishes=false",
                              "--deletion-rule",
                              "FAILED:DeleteSelf",
                              "--deletion-rule=SUCCEEDED:DeleteSelf:9",
                              "--set",
                              "spec.a=1",
                              "--dry-run",
                              "--",
                              "true"}) == job);
  CHECK(!Refusal({"create", "job", "x", "--submission-mode", "InteractiveMode", "--", "true"}).empty());
  CHECK(!Refusal({"create", "job", "x", "--backoff-limit=-1", "--", "true"}).empty());
  CreateCronJobFlags cron;
  cron.name = "night";
  cron.schedule = "0 3 * * *";
  cron.time_zone = "Europe/Berlin";
  cron.suspend = true;
  cron.output = "name";
  CHECK(Read<CreateCronJobFlags>({"create", "cronjob", "night", "--schedule", "0 3 * * *",
                                  "--time-zone=Europe/Berlin", "--suspend", "-oname", "--", "true"}) == cron);
  CHECK(!Refusal({"create", "cronjob", "night", "--", "true"}).empty());
  CHECK(!Refusal({"create", "cronjob", "--schedule=@daily", "--", "true"}).empty());
}

TEST_CASE("flags of convert: files add up, and sizes are as typed") {
  CHECK(Read<ConvertFlags>({"convert"}) == ConvertFlags());
  ConvertFlags expected;
  expected.files = {"a.yaml", "-"};
  expected.options.name = "demo";
  expected.options.head.cpu = "500m";
  expected.options.worker.gpu = "0";
  expected.check = true;
  expected.output = "json";
  CHECK(Read<ConvertFlags>({"convert", "-f", "a.yaml", "-f-", "--name=demo", "--head-cpu", "500m",
                            "--worker-gpu", "0", "--check", "-ojson"}) == expected);
}

TEST_CASE("flags of create: defaults, lists and what may be left out") {
  CreateClusterFlags expected;
  CHECK(Read<CreateClusterFlags>({"create", "cluster"}) == expected);
  expected.name = "demo";
  expected.dry_run = "client";
  expected.cluster.labels = {"a=b,c=d", "e=f"};
  expected.cluster.head.cpu = "500m";
  expected.cluster.worker.replicas = 31;
  expected.cluster.autoscaler = "v2";
  expected.set = {"spec.a=1", "spec.b=2"};
  CHECK(Read<CreateClusterFlags>({"create", "cluster", "demo", "--dry-run", "--labels", "a=b,c=d",
                                  "--labels=e=f", "--head-cpu=500m", "--worker-replicas=0x1f", "--autoscaler",
                                  "V2", "--set", "spec.a=1", "--set=spec.b=2"}) == expected);
  expected = {};
  expected.name = "demo";
  expected.dry_run = "server";
  expected.cluster.worker.replicas = 2147483647;
  CHECK(Read<CreateClusterFlags>({"create", "cluster", "--dry-run=server", "demo", "--worker-replicas",
                                  "2147483647"}) == expected);
  CHECK(Refusal({"create", "cluster", "demo", "--worker-replicas", "2147483648"}) != "");
  CHECK(Refusal({"create", "cluster", "demo", "--no-agent", "--agent-image", "x"}) != "");
  CHECK(Refusal({"create", "cluster", "demo", "--no-agent", "--agent-metrics"}) != "");
  expected = {};
  expected.name = "demo";
  expected.cluster.pods.agent_metrics = "8081";
  CHECK(Read<CreateClusterFlags>({"create", "cluster", "--agent-metrics", "demo"}) == expected);
  expected.cluster.pods.agent_metrics = "9101";
  CHECK(Read<CreateClusterFlags>({"create", "cluster", "demo", "--agent-metrics=9101"}) == expected);

  CreateWorkerGroupFlags group;
  group.group = "gpus";
  group.cluster = "demo";
  group.flags.pods.volumes = {"pvc/data:/data:ro"};
  CHECK(Read<CreateWorkerGroupFlags>(
            {"create", "workergroup", "gpus", "-c", "demo", "--volume", "pvc/data:/data:ro"}) == group);
  CHECK(group.flags.worker.min_replicas == 1);
  CHECK(Refusal({"create", "workergroup", "gpus"}) == "--ray-cluster is required");
}

TEST_CASE("flags of network policies and ports") {
  CreateNetworkPolicyFlags policy;
  policy.cluster = "demo";
  CHECK(Read<CreateNetworkPolicyFlags>({"create", "networkpolicy", "demo"}) == policy);
  policy.policy.allow_from = {"namespace=ci,label=a=b", "10.0.0.0/8"};
  policy.policy.operator_namespace = "";
  policy.dry_run = "client";
  policy.output = "json";
  CHECK(Read<CreateNetworkPolicyFlags>({"create", "networkpolicy", "demo", "--allow-from",
                                        "namespace=ci,label=a=b", "--allow-from=10.0.0.0/8",
                                        "--operator-namespace=", "--dry-run", "-ojson"}) == policy);
  CHECK(Refusal({"create", "networkpolicy"}) == "CLUSTER is required");
  CreateClusterFlags cluster;
  cluster.name = "demo";
  cluster.ports = "fixed";
  cluster.network_policy = true;
  cluster.policy.metrics_from = {"namespace=monitoring"};
  CHECK(Read<CreateClusterFlags>({"create", "cluster", "demo", "--ports", "fixed", "--network-policy",
                                  "--metrics-from", "namespace=monitoring"}) == cluster);
  CHECK(Refusal({"create", "cluster", "demo", "--file", "x", "--ports", "y"}).empty());
}

TEST_CASE("flags of prometheus generate") {
  PrometheusGenerateFlags expected;
  CHECK(Read<PrometheusGenerateFlags>({"prometheus", "generate"}) == expected);
  expected.cluster = "demo";
  expected.prometheus = "monitoring/k8s";
  expected.release = "kps";
  expected.interval = "15s";
  expected.output = "json";
  expected.kuberay = expected.scrape_config = true;
  CHECK(Read<PrometheusGenerateFlags>({"prometheus", "generate", "demo", "--prometheus=monitoring/k8s",
                                       "--release", "kps", "--interval=15s", "-ojson", "--kuberay",
                                       "--scrape-config"}) == expected);
  expected = {};
  expected.grafana = true;
  CHECK(Read<PrometheusGenerateFlags>({"prometheus", "generate", "--grafana"}) == expected);
  CHECK(!Refusal({"prometheus", "generate", "--grafana", "--scrape-config"}).empty());
}

TEST_CASE("flags for locked-down namespaces") {
  CreateClusterFlags expected;
  expected.name = "demo";
  expected.cluster.head.cpu_limit = "2";
  expected.cluster.worker.resources.cpu_limit = "500m";
  expected.cluster.pods.pod_security = "baseline";
  CHECK(Read<CreateClusterFlags>({"create", "cluster", "demo", "--head-cpu-limit", "2",
                                  "--worker-cpu-limit=500m", "--pod-security", "Baseline"}) == expected);
  CHECK(Refusal({"create", "cluster", "demo", "--pod-security", "strict"}) != "");
  CHECK(Refusal({"create", "cluster", "demo", "--file", "x", "--pod-security", "restricted"}).empty());
  CHECK(Refusal({"job", "submit", "--name", "x", "--pod-security", "restricted", "--", "true"}).empty());

  RightsFlags rights;
  CHECK(Read<RightsFlags>({"rights"}) == rights);
  rights.commands = {"job", "submit", "create cluster"};
  rights.clusters = "deployments";
  rights.all_namespaces = true;
  CHECK(Read<RightsFlags>({"rights", "job", "submit", "-A", "create cluster", "--clusters", "deployments"}) ==
        rights);
}

TEST_CASE("flags of scale: a number that is not given is none, and 0 is one") {
  ScaleFlags expected;
  expected.cluster = "demo";
  CHECK(Read<ScaleFlags>({"scale", "cluster", "demo"}) == expected);
  expected.scale = {"g", 0, std::nullopt, -1};
  CHECK(Read<ScaleFlags>({"scale", "cluster", "demo", "-w", "g", "-r", "0", "--max-replicas=-1"}) ==
        expected);
  CHECK(Refusal({"scale", "cluster"}) == "CLUSTER is required");
  CHECK(Refusal({"scale", "cluster", "demo", "-r", ""}) == "-r must be a whole number, not \"\"");
}

TEST_CASE("flags of delete: several targets, and the last of a flag counts") {
  DeleteFlags expected;
  expected.targets = {"demo", "rayjob/x"};
  expected.yes = true;
  expected.timeout = "2m";
  CHECK(Read<DeleteFlags>({"delete", "demo", "--timeout=1m", "-y", "rayjob/x", "--timeout=2m"}) == expected);
  expected.yes = false;
  CHECK(Read<DeleteFlags>({"delete", "demo", "-y", "-y=false", "rayjob/x", "--timeout", "2m"}) == expected);
  DeleteFlags applications;
  applications.targets = {"service/fruit"};
  applications.dashboard.cluster = "demo";
  applications.all = applications.wait = true;
  CHECK(Read<DeleteFlags>({"delete", "-c", "demo", "service/fruit", "--all", "--wait"}) == applications);
}

TEST_CASE("flags of inject: files, objects, and how the agent comes") {
  InjectFlags expected;
  CHECK(Read<InjectFlags>({"inject"}) == expected);
  expected.files = {"a.yaml", "-"};
  expected.agent_image = "i";
  expected.agent_metrics = "8081";
  expected.config_map = "omit";
  expected.diff = true;
  CHECK(Read<InjectFlags>({"inject", "-f", "a.yaml", "--diff", "--agent-image=i", "--agent-metrics", "-f=-",
                           "--config-map", "omit"}) == expected);
  expected = {};
  expected.objects = {"rayservice/a", "deployment/b"};
  expected.yes = true;
  expected.dry_run = "client";
  CHECK(Read<InjectFlags>({"uninject", "rayservice/a", "--dry-run", "deployment/b", "-y"}) == expected);
}

TEST_CASE("flags of logs and exec") {
  LogsFlags logs;
  logs.target.target = "demo";
  CHECK(Read<LogsFlags>({"logs", "demo"}) == logs);
  logs.target.node_type = "head";
  logs.tail = -1;
  logs.follow = logs.previous = true;
  CHECK(Read<LogsFlags>({"logs", "demo", "-fp", "--tail", "-1", "--node-type=Head"}) == logs);
  logs.tail = 9223372036854775807;
  CHECK(Read<LogsFlags>({"logs", "demo", "-fp", "--tail=9223372036854775807", "--node-type=head"}) == logs);
  CHECK(Refusal({"logs", "demo", "--tail=9223372036854775808"}) != "");

  ExecFlags exec;
  exec.target = "worker/demo";
  exec.with_stdin = exec.tty = true;
  const Words words = {"exec", "-it", "worker/demo", "--", "python", "-c", "--tty=no", "--"};
  CHECK(Read<ExecFlags>(words) == exec);
  CHECK(Program(words) == Words{"python", "-c", "--tty=no", "--"});
  CHECK(Program({"exec", "demo", "--"}).empty());
  CHECK(Program({"exec", "demo"}) == Words{"<none>"});
}

TEST_CASE("flags of job: a Ray cluster is --cluster and --ray-cluster") {
  SubmitFlags submit;
  submit.dashboard.cluster = "demo";
  submit.job.working_dir = ".";
  submit.job.env = {"A=1", "B=x y"};
  submit.job.num_cpus = 0.5;
  submit.retries = 2;
  CHECK(
      Read<SubmitFlags>({"job", "submit", "--cluster", "demo", "--working-dir", ".", "--env", "A=1", "--env",
                         "B=x y", "--entrypoint-num-cpus=.5", "--retries", "0b10", "--", "true"}) == submit);
  CHECK(Read<SubmitFlags>({"job", "submit", "--ray-cluster=demo", "--working-dir=.", "--env=A=1",
                           "--env=B=x y", "--entrypoint-num-cpus", "5e-1", "--retries=2", "--", "true"}) ==
        submit);
  SubmitFlags ray_job;
  ray_job.ray_job.name = "sample";
  ray_job.ray_job.ttl_seconds_after_finished = 0;
  CHECK(Read<SubmitFlags>({"job", "submit", "--name=sample", "--ttl-seconds-after-finished=0", "--", "x"}) ==
        ray_job);
  CHECK(Refusal({"job", "submit", "--ttl-seconds-after-finished=-1"}) ==
        "--ttl-seconds-after-finished must be 0 or more, not -1");

  JobListFlags list;
  list.statuses = {"running", "pending", "failed"};
  list.since = "2h";
  CHECK(Read<JobListFlags>({"job", "list", "--status", "running,pending", "--status=failed", "--since=2h"}) ==
        list);
  JobListFlags one;
  one.job = "rayjob/x";
  CHECK(Read<JobListFlags>({"job", "get", "rayjob/x"}) == one);
}

TEST_CASE("flags of session, whose own commands share its name") {
  SessionFlags session;
  session.target = "demo";
  session.ports = {"18265:dashboard", "10001"};
  session.addresses = {"localhost,::", "10.0.0.5"};
  session.routes = true;
  CHECK(Read<SessionFlags>({"session", "--port", "18265:dashboard", "--port=10001", "demo", "--address",
                            "localhost,::", "--address=10.0.0.5", "--routes"}) == session);
  StopFlags stop;
  stop.names = {"demo", "list"};
  CHECK(Read<StopFlags>({"session", "stop", "demo", "list"}) == stop);
}

TEST_CASE("help is wanted, whatever else is missing") {
  CommandTree tree(Commands());
  const auto parsed = tree.Parse({"delete", "--help"});
  REQUIRE(parsed);
  CHECK(parsed->help);
  CHECK(parsed->command->get_name() == "delete");
}

TEST_CASE("flags of apply") {
  ApplyFlags expected;
  expected.files = {"a.yaml", "-"};
  CHECK(Read<ApplyFlags>({"apply", "-f", "a.yaml", "-f", "-"}) == expected);
  expected.dry_run = "client";
  expected.recursive = true;
  CHECK(Read<ApplyFlags>({"apply", "--filename=a.yaml", "-Rf", "-", "--dry-run"}) == expected);
  expected.dry_run = "server";
  expected.server_side = expected.force_conflicts = expected.yes = true;
  expected.field_manager = "me";
  CHECK(Read<ApplyFlags>({"apply", "-Rf", "a.yaml", "-f-", "--dry-run=server", "--server-side",
                          "--force-conflicts", "-y", "--field-manager", "me"}) == expected);
  expected = {};
  expected.files = {"a.yaml"};
  expected.diff = true;
  CHECK(Read<ApplyFlags>({"apply", "-f", "a.yaml", "--diff"}) == expected);
  CHECK_FALSE(Refusal({"apply"}).empty());
}

TEST_CASE("flags of operator") {
  ChangeOperatorFlags expected;
  CHECK(Read<ChangeOperatorFlags>({"operator", "install"}) == expected);
  expected.dry_run = "client";
  CHECK(Read<ChangeOperatorFlags>({"operator", "upgrade", "--dry-run"}) == expected);
  expected = {.version = "1.5.1",
              .image = "m/o:1",
              .gates = "A=true,B=false",
              .namespaced = true,
              .part = "user",
              .adopt = true,
              .yes = true,
              .dry_run = "server",
              .output = "name",
              .wait = true,
              .timeout = "1m"};
  CHECK(Read<ChangeOperatorFlags>({"operator", "install", "--version=1.5.1", "--image", "m/o:1",
                                   "--feature-gates", "A=true,B=false", "--namespaced", "--part", "user",
                                   "--adopt", "-y", "--dry-run=server", "-oname", "--wait", "--timeout",
                                   "1m"}) == expected);
  OperatorUninstallFlags uninstall;
  CHECK(Read<OperatorUninstallFlags>({"operator", "uninstall"}) == uninstall);
  uninstall.delete_definitions = "3";
  uninstall.delete_objects = uninstall.adopt = uninstall.yes = true;
  CHECK(Read<OperatorUninstallFlags>({"operator", "uninstall", "--delete-crds", "3", "--delete-objects",
                                      "--adopt", "--yes"}) == uninstall);
  CHECK(!Refusal({"operator", "upgrade", "--namespaced"}).empty());
}

TEST_CASE("flags of rsync-up and rsync-down are in Ray's order") {
  RsyncUpFlags up;
  up.file = "cluster.yaml";
  up.source = "project/";
  up.target = "~/project";
  up.cluster_name = "other";
  up.all_nodes = true;
  CHECK(Read<RsyncUpFlags>(
            {"rsync-up", "cluster.yaml", "project/", "~/project", "-A", "--cluster-name", "other"}) == up);
  up = {};
  up.file = "cluster.yaml";
  CHECK(Read<RsyncUpFlags>({"rsync-up", "cluster.yaml"}) == up);
  RsyncDownFlags down;
  down.file = "demo";
  down.source = "/tmp/ray/";
  down.target = ".";
  CHECK(Read<RsyncDownFlags>({"rsync-down", "demo", "/tmp/ray/", "."}) == down);
}

TEST_CASE("TYPE NAME is TYPE/NAME where a command has one target, as kubectl has it") {
  const Words commands[] = {{"status"},
                            {"log"},
                            {"logs"},
                            {"session"},
                            {"attach"},
                            {"suspend"},
                            {"resume"},
                            {"rollout", "status"},
                            {"rollout", "history"},
                            {"rollout", "undo"}};
  for (const Words& command : commands) {
    INFO(command.back());
    const auto read = [&](const Words& arguments) {
      Words words = command;
      words.insert(words.end(), arguments.begin(), arguments.end());
      CommandTree tree(Commands());
      const auto parsed = tree.Parse(words);
      return parsed ? parsed->command->get_option("TARGET")->results() : Words{parsed.error().message};
    };
    CHECK(read({"rayservice", "demo"}) == Words{"rayservice/demo"});
    CHECK(read({"rayservice"}) == Words{"rayservice"});
    CHECK(read({"demo", "other"})[0].ends_with("\"other\""));  // unknown, or one too many
    CHECK(read({"rayservice", "demo", "other"})[0].ends_with("\"demo\""));
  }
  // The second word of `exec` is a command, as of `ray exec`.
  const auto exec = Read<ExecFlags>({"exec", "raycluster", "date"});
  CHECK(exec.target == "raycluster");
  CHECK(exec.command == "date");
}
