# Fresh Debian 12 roots for the scripts of the release list: sourced with FOLDER set; needs root, debootstrap, iproute2.
# How this machine reaches its package indexes goes along: apt's mirror, certificates, settings of pip.
# shellcheck shell=bash
project=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
folder=$(realpath -m "${FOLDER:-$(mktemp -d /var/tmp/fresh-root-XXXXXX)}")
mkdir -p "$folder"
started=$SECONDS

said() { printf '%5d s  %s\n' $((SECONDS - started)) "$*"; }
failed() {
  said "NOT PROVED: $1; the end of $2:" >&2
  tail -n 30 "$2" >&2
  exit 1
}

fresh() { # fresh NAME: a machine with nothing but what Debian's smallest root has, git and make
  if [ ! -e "$folder/base/etc/debian_version" ]; then
    local mirror
    mirror=$(awk '/^URIs:/ {print $2; exit} /^deb / {print $2; exit}' \
      /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null)
    debootstrap --variant=minbase --include=ca-certificates,git,make,python3 bookworm "$folder/base" "$mirror" \
      >"$folder/debootstrap.log" 2>&1 || failed "a Debian 12 root" "$folder/debootstrap.log"
    cp /etc/ssl/certs/ca-certificates.crt "$folder/base/etc/ssl/certs/ca-certificates.crt"
    [ ! -d /etc/xdg/pip ] || { mkdir -p "$folder/base/etc/xdg" && cp -r /etc/xdg/pip "$folder/base/etc/xdg/"; }
    cp /etc/resolv.conf "$folder/base/etc/resolv.conf"
    cp /etc/apt/apt.conf.d/99* "$folder/base/etc/apt/apt.conf.d/" 2>/dev/null || true
  fi
  rm -rf --one-file-system "${folder:?}/$1"
  cp -a "$folder/base" "$folder/$1"
  said "$1: Debian $(cat "$folder/$1/etc/debian_version"), $(du -sm "$folder/$1" | cut -f1) MiB"
}

# inside [--offline] NAME USER FOLDER COMMAND…: in the machine, with processes of its own that end with it.
inside() {
  local spaces=(--mount --pid --fork --kill-child)
  [ "$1" != --offline ] || { spaces+=(--net) && shift; }
  local name=$1 user=$2 place=$3 variables=()
  shift 3
  while IFS='=' read -r variable _; do variables+=("$variable=${!variable}"); done \
    < <(env | grep -E '^(PIP_|SSL_CERT|REQUESTS_CA|CURL_CA|https?_proxy|no_proxy)' || true)
  unshare "${spaces[@]}" bash -c '
    root=$1 user=$2; shift 2
    mount --rbind /dev "$root/dev"; mount -t proc proc "$root/proc"; mount -t tmpfs tmp "$root/tmp"
    chmod 1777 "$root/tmp"
    [ ! -e /sys/class/net/lo ] || ip link set lo up
    exec chroot "$root" setpriv --reuid="$user" --regid="$user" --init-groups env -i "$@"' \
    inside "$folder/$name" "$user" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME="$([ "$user" = root ] && echo /root || echo /home/officer)" "${variables[@]}" \
    bash -c 'cd "$1" && shift && exec "$@"' inside "$place" "$@"
}

proves() { # proves WORDS LOG COMMAND…
  local words=$1 log="$folder/$2.log"
  shift 2
  "$@" >"$log" 2>&1 || failed "$words" "$log"
  said "$words"
}
