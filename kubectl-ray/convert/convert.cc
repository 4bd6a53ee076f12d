#include "kubectl-ray/convert/convert.h"

#include <algorithm>

#include "kubectl-ray/convert/format.h"
#include "kubectl-ray/formats/yaml.h"
#include "kubectl-ray/kinds/old_names.h"
#include "kubectl-ray/manifests/names.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;

bool IsLauncher(const Tree& document) { return IsLauncherFile(document); }

shared::Result<std::vector<Tree>> ConvertLauncher(Tree document, const ConvertOptions& options,
                                                  NoteList* notes) {
  if (!options.name.empty()) document.Set("cluster_name", Json(options.name));
  ASSIGN_OR_RETURN(const LauncherFile file, ReadLauncherFile(notes->source(), document));
  ASSIGN_OR_RETURN(Converted converted, ConvertLauncherFile(file, options));
  notes->Append(std::move(converted.notes));
  return std::move(converted.objects);
}

// Whether a {{ begins what only a template engine could read.
bool BeginsAction(std::string_view rest) {
  rest.remove_prefix(2);
  if (rest.starts_with('-')) rest.remove_prefix(1);
  rest = shared::Trim(shared::FirstLine(rest));
  if (rest.starts_with('.') || rest.starts_with('$') || rest.starts_with("/*")) return true;
  for (const char* word : {"if ", "else", "end", "range ", "with ", "include ", "template ", "define ",
                           "toYaml ", "tpl ", "block ", "required ", "default ", "quote "})
    if (rest.starts_with(word)) return true;
  return false;
}

// Returns the line of the first action of a template outside of comments, or 0.
int TemplateLine(std::string_view text) {
  int number = 1;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (!shared::Trim(line).starts_with('#'))
      for (std::size_t open = line.find("{{"); open != line.npos; open = line.find("{{", open + 2))
        if (BeginsAction(line.substr(open))) return number;
    at = end + 1;
  }
  return 0;
}

// Whether a value that is no block of text, such as a program in a ConfigMap, has an action in it.
int TemplateLine(const Tree& tree) {
  if (tree.is_string() && !tree.spelling.empty() && TemplateLine(tree.spelling) != 0) return tree.line;
  for (const Tree::Member& member : tree.members)
    if (const int line = TemplateLine(member.second); line != 0) return line;
  for (const Tree& item : tree.items)
    if (const int line = TemplateLine(item); line != 0) return line;
  return 0;
}

shared::Unexpected<shared::Error> TemplateError(const NoteList& notes, int line) {
  return notes.Refusal(line, "it is a template, with {{ }}",
                       "Render it first: `helm template RELEASE CHART | kubectl ray convert -f -`.");
}

// A List counts as its items.
std::vector<Tree> Flatten(std::vector<Tree> documents) {
  std::vector<Tree> flat;
  for (Tree& document : documents) {
    Tree* items = document.Find("items");
    if (items != nullptr && items->is_list() && document.StringAt({"kind"}).ends_with("List"))
      std::move(items->items.begin(), items->items.end(), std::back_inserter(flat));
    else
      flat.push_back(std::move(document));
  }
  return flat;
}

const Format* FormatOf(const Tree& document) {
  for (const Format& format : Formats())
    if (format.recognises(document)) return &format;
  return nullptr;
}

// The CRD of the Python operator, whose RayCluster makes `kubectl get raycluster` ambiguous.
bool IsOldDefinition(const Tree& document) {
  return document.StringAt({"kind"}) == "CustomResourceDefinition" &&
         document.StringAt({"spec", "group"}) == "cluster.ray.io";
}

class Conversion {
 public:
  Conversion(const ConvertOptions& options, NoteList* notes) : options_(options), notes_(notes) {}

  shared::Result<std::vector<Tree>> Run(std::vector<Tree> documents) {
    TRY(CheckName(documents));
    // Services and workers go with their head, even those that stand before it.
    std::vector<std::vector<Tree>> converted(documents.size());
    for (std::size_t i = 0; i < documents.size(); ++i)
      if (IsStaticHead(documents[i])) {
        ASSIGN_OR_RETURN(converted[i], ConvertStatic(&documents, i, options_, notes_));
      }
    for (std::size_t i = 0; i < documents.size(); ++i)
      if (!documents[i].empty()) {
        ASSIGN_OR_RETURN(converted[i], One(std::move(documents[i])));
      }
    std::vector<Tree> objects;
    for (std::vector<Tree>& some : converted)
      for (Tree& object : some) {
        Place(&object);
        objects.push_back(std::move(object));
      }
    return objects;
  }

 private:
  shared::Status CheckName(const std::vector<Tree>& documents) const {
    if (options_.name.empty()) return shared::Ok();
    TRY(CheckClusterName(options_.name));
    const auto clusters = std::count_if(documents.begin(), documents.end(), [](const Tree& document) {
      return FormatOf(document) != nullptr || IsStaticHead(document);
    });
    if (clusters < 2) return shared::Ok();
    return notes_->Refusal(0, "--name goes with one cluster, and it has " + std::to_string(clusters));
  }

  shared::Result<std::vector<Tree>> One(Tree document) const {
    if (const char* name = UnsupportedFormat(document); *name != '\0')
      return notes_->Refusal(
          document.line, std::string("it is a RayCluster of ") + name + ", whose fields are its own",
          "Write its pods into a RayCluster by hand: `kubectl ray create cluster NAME --dry-run` "
          "prints one.");
    if (const Format* format = FormatOf(document))
      return format->convert(std::move(document), options_, notes_);
    if (IsStaticWorker(document))
      notes_->NeedsPerson(document.line, "Deployment[" + document.StringAt({"metadata", "name"}) + "]",
                          "it runs `ray start`, and the file has no head that it joins",
                          "Convert it in one file with its head.");
    if (IsOldDefinition(document)) {
      notes_->NeedsPerson(
          document.line, "CustomResourceDefinition",
          "it defines the Python operator's RayCluster, which nobody looks after today",
          "Delete rayclusters.cluster.ray.io from the API server once no object of it is left.");
      return std::vector<Tree>();
    }
    if (document.StringAt({"kind"}).empty() || document.StringAt({"apiVersion"}).empty())
      return notes_->Refusal(
          document.line, "it is neither an object of Kubernetes nor a known format of Ray",
          "Known are the cluster launcher's file, RayClusters of cluster.ray.io/v1 and ray.io/v1alpha1, "
          "Deployments that run `ray start`, and values of the chart that came with Ray until 2.0.");
    std::vector<Tree> as_it_is;
    as_it_is.push_back(std::move(document));
    return as_it_is;
  }

  void Place(Tree* object) const {
    Tree* metadata = object->Find("metadata");
    if (options_.ns.empty() || metadata == nullptr || !metadata->is_map()) return;
    if (metadata->Find("namespace") == nullptr) metadata->Set("namespace", Json(options_.ns));
  }

  const ConvertOptions& options_;
  NoteList* notes_;
};

}  // namespace

const std::vector<Format>& Formats() {
  static const std::vector<Format> kFormats = {
      {"the cluster launcher's file", IsLauncher, ConvertLauncher},
      {"the Python operator's cluster.ray.io/v1", IsPodTypes, ConvertPodTypes},
      {"Microsoft's ray.io/v1alpha1", IsMicrosoft, ConvertMicrosoft},
      {"KubeRay's ray.io/v1alpha1", IsV1Alpha1, ConvertV1Alpha1},
      {"values of Ray's Helm chart", IsHelmValues, ConvertHelmValues},
  };
  return kFormats;
}

const char* UnsupportedFormat(const Tree& document) {
  if (document.StringAt({"apiVersion"}) != kOldApiVersion) return "";
  const Tree* spec = document.Find("spec");
  if (spec == nullptr) return "";
  for (const char* key : {"extensions", "clusterName", "images"})
    if (spec->Find(key) != nullptr) return "Ant's operator of 2019";
  for (const char* key : {"headNodeSpec", "workerNodeSpec"})
    if (spec->Find(key) != nullptr) return "ByteDance's operator of 2021";
  return "";
}

shared::Result<Converted> Convert(std::string_view source, std::string_view text,
                                  const ConvertOptions& options) {
  NoteList notes{std::string(source)};
  auto documents = ParseTrees(source, text);
  if (!documents) {
    if (const int line = TemplateLine(text); line != 0) return TemplateError(notes, line);
    return shared::Unexpected(documents.error());
  }
  for (const Tree& document : *documents)
    if (const int line = TemplateLine(document); line != 0) return TemplateError(notes, line);
  ASSIGN_OR_RETURN(std::vector<Tree> objects,
                   Conversion(options, &notes).Run(Flatten(*std::move(documents))));
  return Converted{std::move(objects), notes.Sorted()};
}

}  // namespace kubectl_ray
