package dev.sallyport.agent.ssh;

import java.io.IOException;
import java.util.Optional;

/// What session channels and forwarding channels to a target have in common.
interface SshChannel {

    ReceivedStream received();

    Optional<ReceivedStream> receivedErrors();

    /// So many received bytes were read: the target may send as many more.
    void read(int count) throws IOException;

    /// Nothing more goes to the target.
    void endInput() throws IOException;
}
