package dev.sallyport.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// The systemd unit of an agent (systemd.service(5), systemd.exec(5); systemd 247 or later).
///
/// What it forbids is forbidden to the programs of `custom` connections, too, since they are the agent's
/// children: only what no such program may need is.
///
/// @param name which of the machine's agents
/// @param program the words that start the program, without a command of its own
/// @param config the file with its settings
/// @param environment a file of variables for `env:` secrets, which need not be there
/// @param state the agent's folder, below `/var/lib`
/// @param drain how long its sessions have when it is stopped
record Unit(String name, List<String> program, Path config, Path environment, Path state, Duration drain) {

    /// How much longer than its sessions the agent may take to end.
    private static final Duration GOODBYE = Duration.ofSeconds(30);

    private static final Path STATES = Path.of("/var/lib");

    String file() {
        return fileOf(name);
    }

    /// What the unit of this name is called.
    static String fileOf(String name) {
        return "sallyport-agent-" + name + ".service";
    }

    String text() {
        var arguments = program.stream().skip(1).map(argument -> " " + argument(argument));
        var words = quoted(program.getFirst()) + arguments.collect(Collectors.joining());
        return """
                # Written by sallyport-agent install; uninstall removes it. Changes belong into a drop-in: systemctl edit %1$s
                [Unit]
                Description=Sallyport agent %2$s
                Wants=network-online.target
                After=network-online.target
                # An edge may be away for longer than any number of starts.
                StartLimitIntervalSec=0

                [Service]
                Type=exec
                ExecStart=%3$s run --config %4$s
                ExecReload=/bin/kill -HUP $MAINPID
                EnvironmentFile=-%5$s
                Restart=always
                RestartSec=2
                # 2: it was asked for what it cannot do, and trying again does not help.
                RestartPreventExitStatus=2

                # SIGTERM is for the agent alone, which lets its sessions end; what is left at the end is killed.
                KillMode=mixed
                TimeoutStopSec=%6$d
                SuccessExitStatus=143
                # A session's program that takes too much memory is no reason to stop the agent.
                OOMPolicy=continue
                # It makes a control group for each session below its own.
                Delegate=yes

                StateDirectory=%7$s
                StateDirectoryMode=0700
                UMask=0077
                LimitNOFILE=65536

                # Root with what it takes to start a session's programs as other accounts, and nothing else. These programs
                # have none of it: each gives its capabilities up for good before it starts.
                CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETPCAP CAP_SETUID
                NoNewPrivileges=yes
                ProtectSystem=full
                ProtectKernelTunables=yes
                ProtectKernelModules=yes
                ProtectKernelLogs=yes
                ProtectHostname=yes
                RestrictRealtime=yes

                # Not here, since it would hold for the programs of custom connections, too, or break them:
                # User=, DynamicUser=        only root takes on other accounts
                # ProtectSystem=strict       programs write where their account may
                # ProtectHome=, PrivateTmp=  an account finds its home, its sockets in /tmp, and its tmux
                # PrivateDevices=            an account uses the devices that it may
                # ProtectClock=              closes devices, too; without CAP_SYS_TIME nobody sets the clock anyway
                # ProtectControlGroups=      sessions are held by control groups
                # ProtectProc=, ProcSubset=  the agent finds the processes of its sessions in /proc
                # PrivateUsers=              other accounts would be nobody
                # RestrictNamespaces=, RestrictSUIDSGID=, LockPersonality=, SystemCallFilter=, RestrictAddressFamilies=
                #                            sandboxes, shared folders and debuggers of an account need them
                # SystemCallArchitectures=   an account may have 32-bit programs
                # MemoryDenyWriteExecute=    Java compiles while it runs
                # RemoveIPC=                 belongs to accounts that are the service's own

                [Install]
                WantedBy=multi-user.target
                """.formatted(
                        file(),
                        name,
                        words,
                        argument(config.toString()),
                        // a path here is taken as it is, but for the specifiers
                        environment.toString().replace("%", "%%"),
                        drain.plus(GOODBYE).toSeconds(),
                        STATES.relativize(state));
    }

    /// An argument that systemd passes on as it is (systemd.service(5), "Command lines").
    static String argument(String word) {
        return quoted(word.replace("$", "$$"));
    }

    /// The program itself: no variables are looked for in it.
    static String quoted(String word) {
        var doubled = word.replace("%", "%%");
        return doubled.matches("[A-Za-z0-9_@%+=:,./$-]+")
                ? doubled
                : '"' + doubled.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
