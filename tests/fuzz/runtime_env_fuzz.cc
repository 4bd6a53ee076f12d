// A runtime_env as JSON. What would lead to files of this machine is taken out.
#include <cstdlib>

#include "kubectl-ray/packages/runtime_env.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  auto value = shared::ParseJson({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  bool overridden = false;
  auto merged = kubectl_ray::MergeRuntimeEnv(std::move(*value), "", {"A=1"}, &overridden);
  if (!merged) return 0;
  for (const char* field : {"working_dir", "py_modules"}) merged->erase(field);
  for (const char* field : {"pip", "uv"}) {
    if (!merged->contains(field)) continue;
    shared::Json& installer = (*merged)[field];
    if (installer.is_string() || shared::At(installer, {"packages"}).is_string()) merged->erase(field);
  }
  const shared::Interrupt interrupt;
  const auto no_files = [](const std::string&) {
    return shared::Result<shared::Json>(shared::Json::object());
  };
  const auto plan = kubectl_ray::PlanRuntimeEnv(*merged, {}, no_files, interrupt);
  if (!plan) return 0;
  // What was planned once is fit to be planned again: nothing changes.
  const auto again = kubectl_ray::PlanRuntimeEnv(plan->runtime_env, {}, no_files, interrupt);
  if (!again || again->runtime_env != plan->runtime_env) std::abort();
  return 0;
}
