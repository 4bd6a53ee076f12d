#!/usr/bin/env bash
# One would guess: a RayCluster's status.availableWorkerReplicas counts as a Deployment's availableReplicas does, pods that are Ready, so
# that a cluster whose desired and available workers are equal has all of them at work.
# It is so: KubeRay 1.6.2 counts the workers whose phase is Running. A pod that runs and fails its readiness probe for ever is "available";
# status.readyWorkerReplicas leaves it out, and the condition RayClusterProvisioned stays False.
#
# Needs: go (the operator's own Go module counts pods that this script makes up).
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

version=v1.6.2
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/ray-project/kuberay/ray-operator/controllers/ray/utils"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func worker(phase corev1.PodPhase, ready corev1.ConditionStatus) corev1.Pod {
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"ray.io/node-type": "worker"}},
		Status:     corev1.PodStatus{Phase: phase, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: ready}}},
	}
}

func main() {
	pods := corev1.PodList{Items: []corev1.Pod{
		worker(corev1.PodRunning, corev1.ConditionTrue),
		worker(corev1.PodRunning, corev1.ConditionFalse),
		worker(corev1.PodPending, corev1.ConditionFalse),
	}}
	available, ready := utils.CalculateAvailableReplicas(pods), utils.CalculateReadyReplicas(pods)
	fmt.Printf("of a worker that is Ready, one that runs unready and one that is Pending: %d available, %d ready\n", available, ready)
	if available != 2 || ready != 1 {
		fmt.Println("this has changed")
		os.Exit(1)
	}
}
GO
export GOMODCACHE=$folder/modules GOFLAGS=-mod=mod
go mod init finding 2>/dev/null
go get "github.com/ray-project/kuberay/ray-operator@$version" 2>/dev/null
echo "ray-operator $version"
go run .
