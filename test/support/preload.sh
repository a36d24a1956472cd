#!/bin/sh
# Loads modules as on a host that uses them: to load and unload them again for each of many runs takes half of the time.
modprobe -a null_blk dm-mod nvme-tcp nvmet-tcp sd_mod tcm_loop target_core_iblock target_core_file target_core_pscsi \
  target_core_user iscsi_target_mod iscsi_tcp dm_multipath dm_round_robin crypto-crct10dif crypto-crc32c \
  crypto-crc64-rocksoft veth sch_netem 2>/dev/null
modprobe nbd nbds_max=1 max_part=0
# Of an algorithm's modules those for other CPUs refuse.
exit 0
