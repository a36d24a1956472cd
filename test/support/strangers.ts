// Others on a host where a run serves a disk over NVMe/TCP: a user without rights, and root of a network behind this host's NAT.

/** Loads what `strangers` needs, and makes their network: both stay. */
export const aside = `
modprobe -a veth sch_ingress cls_flower act_nat nvme_tcp nvmet_tcp
ip netns add aside
ip link add up0 type veth peer name down0 netns aside
ip addr add 10.9.0.1/30 dev up0; ip link set up0 up
ip -n aside addr add 10.9.0.2/30 dev down0; ip -n aside link set down0 up; ip -n aside route add default via 10.9.0.1
echo 1 >/proc/sys/net/ipv4/ip_forward
cat >/tmp/reach.js <<'JS'
const [host, localPort] = process.argv.slice(2);
const socket = require('net').connect({ host, port: 4420, ...(localPort ? { localPort: Number(localPort) } : {}) });
const told = (text) => { console.log(text); process.exit(); };
socket.on('connect', () => told('answered')).on('error', () => told('nothing')).setTimeout(3000, () => told('nothing'));
JS`;

/** Waits for the target of a path between namespaces, and tells what each of them gets, one a line. */
export const strangers = `(
live() { local file state; for file in /sys/class/nvme/*/state; do read -r state <$file; [[ $state != live ]] || return 0; done; false; }
await 120 live
nqn=$(basename /sys/kernel/config/nvmet/subsystems/*layerlift*:net)
for port in /sys/kernel/config/nvmet/ports/*; do [ -d "$port/subsystems/$nqn" ] && address=$(cat "$port/addr_traddr"); done
inside() { nsenter --net=$(echo /run/netns/layerlift-*-net) "$@"; }
# Where the path begins on the host itself, its NAT would take them there.
if near=$(ip -o route get "$address" | grep -o 'll[0-9a-f]*h'); then
  own=$(ip -o -4 addr show dev "$near" | grep -o '198[0-9.]*' | head -n 1)
  tc qdisc add dev "$near" clsact
  tc filter add dev "$near" egress protocol ip flower ip_proto tcp src_ip 10.9.0.2 action nat egress 10.9.0.2/32 "$own"
  tc filter add dev "$near" ingress protocol ip flower ip_proto tcp dst_port 33333 action nat ingress "$own/32" 10.9.0.2
fi
echo "the target itself: $(inside node /tmp/reach.js "$address")"
echo "nobody: $(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all node /tmp/reach.js "$address")"
echo "another namespace: $(ip netns exec aside node /tmp/reach.js "$address" 33333)"
options="transport=tcp,traddr=$address,trsvcid=4420,nqn=$nqn,hostnqn=nqn.2014-08.org.example:other,hostid=11111111-2222-4333-8444-555555555555,nr_io_queues=1"
inside sh -c 'printf %s "$1" >/dev/nvme-fabrics' sh "$options" && got=connected || got=refused
echo "root beside the target, as another host: $got"
[ "$got" = refused ] || for name in /sys/class/nvme/*; do ! grep -q other "$name/hostnqn" || echo 1 >"$name/delete_controller"; done
setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all cat /sys/class/nvme/*/hostnqn && got=shown || got=hidden
echo "host NQN in sysfs, for nobody: $got"
echo "our own initiator: $(cat /sys/class/nvme/*/state | sort -u)"
) >"$LAB_OUT/strangers" 2>"$LAB_OUT/strangers.err"`;
