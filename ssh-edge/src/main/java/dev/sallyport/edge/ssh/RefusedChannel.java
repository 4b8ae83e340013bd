package dev.sallyport.edge.ssh;

import dev.sallyport.core.session.Outcome;
import java.util.List;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/// A channel that never opens: of a type that the door does not serve, or one too many.
final class RefusedChannel extends DoorChannel {

    private final int code;
    private final String reason;

    /// @param code of RFC 4254, section 5.1
    RefusedChannel(DoorLimits limits, int code, String reason) {
        super(limits);
        this.code = code;
        this.reason = reason;
    }

    @Override
    protected OpenFuture doInit(Buffer buffer) {
        refuse(reason, false);
        return new DefaultOpenFuture(this, this);
    }

    @Override
    public boolean interactive() {
        return false;
    }

    @Override
    public List<String> notices() {
        return List.of();
    }

    @Override
    public void opened() {}

    @Override
    public void say(String sentence) {}

    @Override
    public void finish(Outcome outcome) {
        close(true);
    }

    @Override
    public void refuse(String why, boolean ours) {
        refuseOpening(ours ? SshConstants.SSH_OPEN_RESOURCE_SHORTAGE : code, "sally: " + why);
    }
}
