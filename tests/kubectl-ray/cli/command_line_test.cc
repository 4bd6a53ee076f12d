#include "kubectl-ray/cli/command_line.h"

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "kubectl-ray/cli/flag_value.h"

namespace {

using Words = std::vector<std::string>;

// `ray get things`, and `ray scale`, whose -w is another one: a flag of each kind that pflag has.
struct Program {
  CLI::App root{"", "ray"};
  std::string output = "<unset>", ns = "<unset>", dry_run = "none", group;
  bool all = false, watch = false;
  int replicas = 1;
  double cpus = 0;
  std::vector<std::string> as_groups, names;
  CLI::App* things = nullptr;

  Program() {
    root.add_option("-n,--namespace", ns);
    root.add_option("--as-group", as_groups)->allow_extra_args(false);
    CLI::App* get = root.add_subcommand("get");
    things = get->add_subcommand("things")->alias("thing");
    things->add_option("-o,--output", output);
    things->add_flag("-A,--all-namespaces", all);
    things->add_flag("-w,--watch", watch);
    things->add_option("-r,--replicas", replicas);
    things->add_option("--cpus", cpus);
    things->add_flag("--dry-run{client}", dry_run);
    things->add_option("NAME", names);
    root.add_subcommand("scale")->add_option("-w,--worker-group", group);
  }
};

// What the flags are once CLI11 has taken the words, and what is left; or the error.
std::string Take(const Words& words) {
  Program program;
  auto line = kubectl_ray::ReadCommandLine(program.root, words);
  if (!line) return line.error().message;
  auto for_parser = kubectl_ray::WordsForParser(*line);
  if (!for_parser) return for_parser.error().message;
  try {
    program.root.parse(Words(for_parser->rbegin(), for_parser->rend()));
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  std::string out;
  const auto tell = [&](const char* name, const std::string& value, const std::string& unset) {
    if (value != unset) out += std::string(out.empty() ? "" : " ") + name + "=" + value;
  };
  tell("o", program.output, "<unset>");
  tell("n", program.ns, "<unset>");
  tell("A", program.all ? "true" : "false", "false");
  tell("w", program.watch ? "true" : "false", "false");
  tell("r", std::to_string(program.replicas), "1");
  if (program.cpus != 0) tell("cpus", CLI::detail::to_string(program.cpus), "");
  tell("dry-run", program.dry_run, "none");
  for (const std::string& group : program.as_groups) tell("as", group, "<unset>");
  for (const std::string& name : program.names) tell("arg", name, "<unset>");
  for (const std::string& word : line->program.value_or(Words())) tell("program", word, "<unset>");
  return out;
}

}  // namespace

// Each row was run through pflag v1.0.10 (StringP, BoolP, Int32P, Float64, a NoOptDefVal, StringArray); the
// values are what it said, the errors are the cases it refuses.
TEST_CASE("flags are read as pflag reads them") {
  const std::map<Words, std::string> rows = {
      {{"-o=json"}, "o=json"},
      {{"-ojson"}, "o=json"},
      {{"-o", "json"}, "o=json"},
      {{"-o="}, "o=="},
      {{"-o=="}, "o=="},
      {{"-n=ns", "x"}, "n=ns arg=x"},
      {{"-A=true"}, "A=true"},
      {{"-A=false"}, ""},
      {{"-A=f"}, ""},
      {{"-A="}, "unknown flag \"-=\" in \"-A=\""},
      {{"-A=maybe"}, "-A must be true or false, not \"maybe\""},
      {{"-Aw"}, "A=true w=true"},
      {{"-Awo", "json"}, "o=json A=true w=true"},
      {{"-Awo=json"}, "o=json A=true w=true"},
      {{"-Aojson"}, "o=json A=true"},
      {{"-oA"}, "o=A"},
      {{"-wr3"}, "w=true r=3"},
      {{"-r=3"}, "r=3"},
      {{"--output=", "-A"}, "o= A=true"},
      {{"--output", "", "-A"}, "o= A=true"},
      {{"--output", "-A"}, "o=-A"},
      {{"--output", "--", "x"}, "o=-- arg=x"},  // "--" is the value
      {{"--namespace=a", "--namespace=b"}, "n=b"},
      {{"-n", "a", "-n=b"}, "n=b"},
      {{"-A", "-A=false"}, ""},
      {{"--all-namespaces=TRUE"}, "A=true"},
      {{"--all-namespaces=tRUE"}, "--all-namespaces must be true or false, not \"tRUE\""},
      {{"--all-namespaces", "false"}, "A=true arg=false"},
      {{"--all-namespaces="}, "--all-namespaces must be true or false, not \"\""},
      {{"--cpus=1e3"}, "cpus=1000"},
      {{"--cpus=.5"}, "cpus=0.5"},
      {{"--cpus=+2"}, "cpus=2"},
      {{"--cpus=x"}, "--cpus must be a number, not \"x\""},
      {{"--cpus= 5"}, "--cpus must be a number, not \" 5\""},
      {{"--cpus="}, "--cpus must be a number, not \"\""},
      {{"--cpus=1e999"}, "--cpus must be a number within its range, not \"1e999\""},
      {{"--replicas=x", "--replicas=2"}, "--replicas must be a whole number, not \"x\""},
      {{"--replicas", "-2"}, "r=-2"},
      {{"-", "x"}, "arg=- arg=x"},
      {{"a", "-A", "b"}, "A=true arg=a arg=b"},
      {{"--", "-A", "x"}, "program=-A program=x"},
      {{"a", "--", "b", "--"}, "arg=a program=b program=--"},
      {{"-x"}, "unknown flag \"-x\""},
      {{"-Ax"}, "unknown flag \"-x\" in \"-Ax\""},
      {{"--nope"}, "unknown flag \"--nope\""},
      {{"--nope=1"}, "unknown flag \"--nope\""},
      {{"--outp=x"}, "unknown flag \"--outp\""},
      {{"---x"}, "unknown flag \"---x\""},
      {{"--=x"}, "unknown flag \"--\""},
      {{"-=x"}, "unknown flag \"-=\" in \"-=x\""},
      {{"-n"}, "-n needs a value"},
      {{"--namespace"}, "--namespace needs a value"},
      {{"-An"}, "-n needs a value"},
      {{"--dry-run"}, "dry-run=client"},
      {{"--dry-run=server"}, "dry-run=server"},
      {{"--dry-run", "server"}, "dry-run=client arg=server"},
      {{"--as-group=a", "--as-group=b"}, "as=a as=b"},
      {{"--as-group=a,b", "x"}, "as=a,b arg=x"},
      {{"", "x"}, "arg= arg=x"},
  };
  for (const auto& [flags, expected] : rows) {
    Words words = {"get", "things"};
    words.insert(words.end(), flags.begin(), flags.end());
    INFO(CLI::detail::join(words));
    CHECK(Take(words) == expected);
  }
}

// Ours alone: pflag hands kubectl an empty value, which it refuses.
TEST_CASE("a flag that may stand alone has a value after its =") {
  CHECK(Take({"get", "things", "--dry-run="}) == "\"--dry-run=\" has no value after the =");
}

// The same, of numbers: what strconv.ParseInt(text, 0, 32) takes.
TEST_CASE("whole numbers are read as pflag reads them") {
  const std::string bad = "must be a whole number";
  const std::map<std::string, std::string> rows = {
      {"010", "8"},
      {"0x1f", "31"},
      {"0X1F", "31"},
      {"1_000", "1000"},
      {"-1", "-1"},
      {"+5", "5"},
      {"0b11", "3"},
      {"0_7", "7"},
      {"0x_1", "1"},
      {"0", "0"},
      {"00", "0"},
      {"0o17", "15"},
      {"-0x10", "-16"},
      {"2147483647", "2147483647"},
      {"-2147483648", "-2147483648"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"9223372036854775808", "must be a number within its range"},
      {"true", bad},
      {"", bad},
      {"08", bad},
      {" 5", bad},
      {"5 ", bad},
      {"5.0", bad},
      {"1__0", bad},
      {"0x", bad},
      {"_1", bad},
      {"1_", bad},
      {"--1", bad},
      {"-", bad},
      {"1e3", bad},
      {"0xg", bad},
  };
  Program program;
  const CLI::Option* option = program.things->get_option("--replicas");
  for (const auto& [text, expected] : rows) {
    const auto read = kubectl_ray::ReadFlagValue(*option, "--replicas", text);
    INFO(text);
    if (expected.starts_with("must"))
      CHECK((!read && read.error().message == "--replicas " + expected + ", not \"" + text + "\""));
    else
      CHECK((read && *read == expected));
  }
}

TEST_CASE("a command's flags may stand before its name, as with cobra") {
  CHECK(Take({"-n", "ns", "get", "things", "x"}) == "n=ns arg=x");
  CHECK(Take({"get", "-n", "things", "thing", "x"}) == "n=things arg=x");
  CHECK(Take({"get", "-A", "things"}) == "A=true");
  CHECK(Take({"-o", "json", "get", "things"}) == "o=json");
  CHECK(Take({"-o=json", "-A", "get", "thing"}) == "o=json A=true");
  // -w is a boolean there and takes a value here: it takes one, as an unknown flag does.
  CHECK(Take({"-w", "get", "things"}) == "unknown flag \"-w\"");
}

TEST_CASE("an argument that is a command's name, too, stays an argument") {
  CHECK(Take({"get", "things", "scale"}) == "arg=scale");
  CHECK(Take({"get", "things", "things", "get"}) == "arg=things arg=get");
  CHECK(Take({"scale", "get"}) == "\"ray scale\" takes no argument \"get\"");
  CHECK(Take({"get", "scale"}) == "unknown command \"scale\"");
}

TEST_CASE("checks of values say what they must be") {
  std::string value = "Head", number = "-1", zero = "0";
  CHECK(kubectl_ray::OneOf({"all", "head", "worker"})(value).empty());
  CHECK(value == "head");
  value = "heads";
  CHECK(kubectl_ray::OneOf({"all", "head", "worker"})(value) == "must be all, head or worker, not \"heads\"");
  value = "aws";
  CHECK(kubectl_ray::OneOf({"gke"})(value) == "must be gke, not \"aws\"");
  CHECK(kubectl_ray::AtLeastZero()(number) == "must be 0 or more, not -1");
  CHECK(kubectl_ray::AtLeastZero()(zero).empty());
}
