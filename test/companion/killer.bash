# Read by bash before a script (BASH_ENV): kills the script and all that it started just before the KILL_AT-th of its
# commands that change something. The script itself knows nothing of it.
set -T
mortal() {
  case $1 in
    mv\ * | mkdir\ * | rm\ * | usermod\ * | chage\ * | kill\ * | nft\ * | iptables\ * | ip6tables\ *)
      printf x >>"$KILL_STEPS"
      if [ "$(stat -c %s "$KILL_STEPS")" -eq "$KILL_AT" ]; then kill -9 0; fi
      ;;
  esac
}
trap 'mortal "$BASH_COMMAND"' DEBUG
