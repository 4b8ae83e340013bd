package dev.sallyport.agent.ssh;

import dev.sallyport.core.session.Pty;
import java.util.Optional;

/// Which watch fits what was asked for.
final class Transfers {

    private Transfers() {}

    static TransferWatch of(byte[] command, Optional<Pty> pty) {
        return TransferWatch.none();
    }

    static TransferWatch sftp() {
        return TransferWatch.none();
    }
}
