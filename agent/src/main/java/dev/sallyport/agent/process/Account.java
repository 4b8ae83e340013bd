package dev.sallyport.agent.process;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// An account of this machine, as a program runs under it.
///
/// @param groups every group it is in
record Account(String name, int uid, int gid, String home, String shell, List<Integer> groups) {

    private static final int ROOT = 0;

    boolean isRoot() {
        return uid == ROOT;
    }

    /// The one of this process.
    static Account own() throws IOException {
        int uid = Posix.effectiveUser();
        return of(Posix.account(uid).orElse(new Posix.Entry(Integer.toString(uid), uid, uid, "/", "/bin/sh")));
    }

    static Optional<Account> named(String name) throws IOException {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_.-]{0,31}\\$?")) {
            return Optional.empty();
        }
        return Posix.account(name).map(Account::of);
    }

    private static Account of(Posix.Entry entry) {
        return new Account(
                entry.name(),
                entry.uid(),
                entry.gid(),
                entry.home().isEmpty() ? "/" : entry.home(),
                entry.shell().isEmpty() ? "/bin/sh" : entry.shell(),
                Posix.groups(entry.name(), entry.gid()));
    }
}
