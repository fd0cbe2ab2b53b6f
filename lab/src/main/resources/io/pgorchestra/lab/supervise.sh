# Runs COMMAND for an owner who holds the other end of standard input, and never lets it outlive that owner.
#
#   sh supervise.sh LOG DOOMED COMMAND...
#
# LOG gets the command's output. The command's process id is the one line on standard output. Each line read is the name of a signal for
# the command. End of file means that the owner died, whatever killed it: the command is then stopped, first gently, and DOOMED
# (a folder, or empty) is deleted. Otherwise the exit code is the command's.

log=$1
doomed=$2
shift 2
exec 3<&0 </dev/null

orphaned=
trap 'orphaned=yes' USR1
trap '' INT HUP

"$@" >>"$log" 2>&1 3<&- &
server=$!
trap 'kill -INT "$server"' TERM
echo "$server"
exec >/dev/null

alive() {
    kill -0 "$server" 2>/dev/null
}

# Postgres gives each child a process group of its own, so a signal to the group does not reach them.
thaw_children() {
    if [ ! -r /proc/self/stat ]; then
        ps -A -o pid= -o ppid= | while read -r child parent; do
            [ "$parent" = "$server" ] && kill -s CONT "$child"
        done
        return
    fi
    for status in /proc/[0-9]*/stat; do
        read -r line <"$status" || continue
        fields=${line##*) }
        parent=${fields#* }
        [ "${parent%% *}" = "$server" ] && kill -s CONT "${line%% *}"
    done
}

await_death() {
    tenths=$1
    while alive && [ "$tenths" -gt 0 ]; do
        sleep 0.1
        tenths=$((tenths - 1))
    done
}

(
    trap - TERM
    while read -r signal <&3; do
        kill -s "$signal" "$server"
    done
    kill -USR1 $$
    # It may be frozen, and would not hear of its end.
    kill -s CONT "$server"
    thaw_children
    for signal in INT QUIT KILL; do
        alive && kill -s "$signal" "$server"
        await_death 50
    done
) 2>/dev/null &
watcher=$!
exec 3<&-

while :; do
    wait "$server"
    status=$?
    alive || break
done
kill "$watcher" 2>/dev/null
wait "$watcher"
if [ -n "$orphaned" ] && [ -n "$doomed" ]; then
    rm -rf "$doomed"
fi
exit "$status"
