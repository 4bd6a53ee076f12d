// The formats that can be converted, a row each. A document is known by its shape, and not by its apiVersion,
// which three of them share.
#pragma once

#include <vector>

#include "kubectl-ray/convert/convert.h"
#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/convert/tree.h"

namespace kubectl_ray {

struct Format {
  const char* name;
  bool (*recognises)(const Tree& document);
  // Returns today's objects, in the order in which they are to be applied.
  shared::Result<std::vector<Tree>> (*convert)(Tree document, const ConvertOptions& options, NoteList* notes);
};

// In the order in which they are tried.
const std::vector<Format>& Formats();

bool IsPodTypes(const Tree& document);
shared::Result<std::vector<Tree>> ConvertPodTypes(Tree document, const ConvertOptions& options,
                                                  NoteList* notes);
bool IsMicrosoft(const Tree& document);
shared::Result<std::vector<Tree>> ConvertMicrosoft(Tree document, const ConvertOptions& options,
                                                   NoteList* notes);
bool IsV1Alpha1(const Tree& document);
shared::Result<std::vector<Tree>> ConvertV1Alpha1(Tree document, const ConvertOptions& options,
                                                  NoteList* notes);
bool IsHelmValues(const Tree& document);
shared::Result<std::vector<Tree>> ConvertHelmValues(Tree document, const ConvertOptions& options,
                                                    NoteList* notes);

// Static Deployments are several documents: takes those of one cluster with its head at `head`, the Service
// that chooses it and the workers that join it, out of `documents` (they become null), and returns today's
// objects.
bool IsStaticHead(const Tree& document);
bool IsStaticWorker(const Tree& document);
shared::Result<std::vector<Tree>> ConvertStatic(std::vector<Tree>* documents, std::size_t head,
                                                const ConvertOptions& options, NoteList* notes);

// Returns the name of a format that is known and cannot be converted, or an empty text.
const char* UnsupportedFormat(const Tree& document);

}  // namespace kubectl_ray
