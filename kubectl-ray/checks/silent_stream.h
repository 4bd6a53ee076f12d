// How long a stream to a pod lives on which nobody sends anything.
#pragma once

#include <chrono>

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/kube/client.h"

namespace kubectl_ray {

// Waits on an open stream of a command that ends by itself after `wanted` of silence, and returns when and
// why the stream ended before that. Sends nothing, no pings either. Blocks for ten seconds longer at most: a
// stream whose end never comes was dropped without a word. `interrupt` may be null: kInterrupted.
// kUnavailable: the command did not end as it should.
shared::Result<SilentStream> WaitInSilence(PodChannels* channels, std::chrono::seconds wanted,
                                           const shared::Interrupt* interrupt);

// Sets facts->silent_stream if the head runs: executes a few words of Python in it that sleep for `wanted`.
// Blocks that long, after a note that says so.
void ProbeSilence(const KubeClient& kube, std::chrono::seconds wanted, Facts* facts);

}  // namespace kubectl_ray
