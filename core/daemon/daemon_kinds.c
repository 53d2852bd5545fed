/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources: dockerd(8) and daemon/config of moby; containerd(8) and cmd/containerd/server/config (imports are merged in the order in which
 * they are found, a plugin's table as a whole); crio(8) and crio.conf.d(5), internal/criocli of cri-o (each flag has a variable); "Set Kubelet Parameters Via A Configuration File" and the
 * references of the Kubernetes components; etcd's "Configuration options" (a configuration file excludes flags and variables, as one of
 * kube-proxy does flags).
 */
#include "core/daemon/daemon.h"

/* Tables of plugins are merged since 2.0. */
static const struct merging containerd_2 = {
	.whole = "/proxy_plugins/* /stream_processors/*", .joined = "/disabled_plugins /required_plugins /imports", .keeps = true,
};

const struct daemon_kind daemon_kinds[] = {
	{
		.name = "dockerd", .unit = "docker.service", .socket = "docker.socket", .syntax = SYNTAX_JSON,
		.options_file = "etc/conf.d/docker", .options_variable = "DOCKER_OPTS",
		.config_flags = "config-file", .config_default = "/etc/docker/daemon.json", .refuses_conflicts = true, .adds = "/runtimes",
		.switches = "Dhv",
		.data_flags = "data-root graph g", .data_pointer = "/data-root /graph", .data_default = "/var/lib/docker",
		.closes_data = true,
		.listen_flags = "host H", .listen_pointer = "/hosts", .listen_default = "unix:///var/run/docker.sock",
	},
	{
		.name = "containerd", .unit = "containerd.service", .syntax = SYNTAX_TOML, .config_flags = "config c",
		.config_default = "/etc/containerd/config.toml", .imports = "/imports/*",
		.imports_default = "/etc/containerd/conf.d/*.toml",
		.merging = { .whole = "/plugins/* /proxy_plugins/* /stream_processors/*", .joined = "/disabled_plugins /required_plugins /imports",
			     .keeps = true },
		.newer = &containerd_2,
		.data_flags = "root", .data_pointer = "/root", .data_default = "/var/lib/containerd",
		.listen_flags = "address a", .listen_pointer = "/grpc/address /plugins/io.containerd.server.v1.grpc/address",
		.listen_default = "/run/containerd/containerd.sock",
	},
	/* its API service, which systemd starts on demand; the files of containers.conf(5) are no daemon's */
	{ .name = "podman", .unit = "podman.service", .socket = "podman.socket", .many_uses = true, .listen_flags = "", .listen_default = "fd://" },
	{
		.name = "crio", .unit = "crio.service", .syntax = SYNTAX_TOML, .config_flags = "config c", .config_default = "/etc/crio/crio.conf",
		.directory_flags = "config-dir d", .directory_default = "/etc/crio/crio.conf.d", .directory_pattern = "*",
		.subdirectories = true, .comma_lists = true, .environment = "CONTAINER_",
		.variables = "stream-enable-tls=CONTAINER_ENABLE_TLS stream-tls-ca=CONTAINER_TLS_CA stream-tls-cert=CONTAINER_TLS_CERT "
			     "stream-tls-key=CONTAINER_TLS_KEY stream-idle-timeout=STREAM_IDLE_TIMEOUT separate-pull-cgroup=PULL_IN_A_CGROUP "
			     "enable-profile-unix-socket=ENABLE_PROFILE_UNIX_SOCKET auto-reload-registries=AUTO_RELOAD_REGISTRIES "
			     "collection-period=COLLECTION_PERIOD enable-pod-events=ENABLE_POD_EVENTS ctr-stop-timeout=CONTAINER_STOP_TIMEOUT "
			     "container-attach-socket-dir=CONTAINER_ATTACH_SOCKET_DIR container-exits-dir=CONTAINER_EXITS_DIR "
			     "disable-hostport-mapping=DISABLE_HOSTPORT_MAPPING timezone=CONTAINER_TIME_ZONE decryption-keys-path= enable-nri= "
			     "nri-listen= nri-plugin-dir= nri-plugin-config-dir= nri-disable-connections= blockio-config-file= rdt-config-file= "
			     "irqbalance-config-file= device-ownership-from-security-context=",
		.config_variable = "CONTAINER_CONFIG", .directory_variable = "CONTAINER_CONFIG_DIR",
		.data_flags = "root r", .data_pointer = "/crio/root", .data_default = "/var/lib/containers/storage",
		.listen_flags = "listen", .listen_pointer = "/crio/api/listen", .listen_default = "/var/run/crio/crio.sock",
	},
	{
		.name = "kubelet", .unit = "kubelet.service", .syntax = SYNTAX_YAML, .config_flags = "config", .directory_flags = "config-dir",
		.directory_pattern = "*.conf", .subdirectories = true, .in_containers = true,
		.data_flags = "root-dir", .data_default = "/var/lib/kubelet",
	},
	{ .name = "kube-apiserver", .unit = "kube-apiserver.service", .manifest = "kube-apiserver.yaml", .syntax = SYNTAX_YAML, .in_containers = true },
	{
		.name = "kube-controller-manager", .unit = "kube-controller-manager.service", .manifest = "kube-controller-manager.yaml",
		.syntax = SYNTAX_YAML, .in_containers = true,
	},
	{
		.name = "kube-scheduler", .unit = "kube-scheduler.service", .manifest = "kube-scheduler.yaml", .syntax = SYNTAX_YAML,
		.config_flags = "config", .in_containers = true,
	},
	{ .name = "kube-proxy", .unit = "kube-proxy.service", .syntax = SYNTAX_YAML, .config_flags = "config", .file_alone = true, .in_containers = true },
	{
		.name = "etcd", .unit = "etcd.service", .manifest = "etcd.yaml", .syntax = SYNTAX_YAML, .config_flags = "config-file",
		.environment = "ETCD_", .config_variable = "ETCD_CONFIG_FILE", .file_alone = true, .in_containers = true,
		.data_flags = "data-dir", .data_pointer = "/data-dir", .data_default = "/var/lib/etcd",
	},
	{ .name = NULL },
};
