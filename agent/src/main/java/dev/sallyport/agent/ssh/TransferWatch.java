package dev.sallyport.agent.ssh;

import java.util.List;

/// Looks on as files are transferred, and says what passed. It sees copies: whatever it makes of them, the
/// streams go on unchanged.
///
/// The two directions are seen by two threads.
interface TransferWatch {

    /// These bytes go to the target.
    void toTarget(byte[] bytes);

    /// These bytes came from the target.
    void fromTarget(byte[] bytes);

    /// Files that have passed since the last call: lines of JSON.
    List<String> passed();

    /// The session is over: what else there is to say.
    List<String> last();

    /// Sees nothing.
    static TransferWatch none() {
        return new TransferWatch() {
            @Override
            public void toTarget(byte[] bytes) {}

            @Override
            public void fromTarget(byte[] bytes) {}

            @Override
            public List<String> passed() {
                return List.of();
            }

            @Override
            public List<String> last() {
                return List.of();
            }
        };
    }
}
