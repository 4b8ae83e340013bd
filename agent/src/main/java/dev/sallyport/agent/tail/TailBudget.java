package dev.sallyport.agent.tail;

/// How many bytes the tails of all sessions may keep together (`agent.tails`).
///
/// Past it no session begins, and those that live wait before they send more, as each does for its own bound.
/// What is waited for then is an edge that stores; who must be told that there is room again is told on a
/// thread of its own, so that no tail's lock is held while another's is taken.
final class TailBudget {

    /// Most bytes that all tails together keep in memory, besides the little that each may
    /// ([SessionTail#IN_MEMORY]).
    static final long IN_MEMORY = 64L << 20;

    private final long most;
    private final Runnable roomAgain;
    private long used;
    private long inMemory;

    /// @param roomAgain called when there is room again after there was none
    TailBudget(long most, Runnable roomAgain) {
        this.most = most;
        this.roomAgain = roomAgain;
    }

    synchronized boolean full() {
        return used >= most;
    }

    synchronized long used() {
        return used;
    }

    /// Takes memory for so many bytes, if it is there.
    synchronized boolean takeMemory(long bytes) {
        if (inMemory + bytes > IN_MEMORY) {
            return false;
        }
        inMemory += bytes;
        return true;
    }

    synchronized void giveMemory(long bytes) {
        inMemory -= bytes;
    }

    synchronized long inMemory() {
        return inMemory;
    }

    /// So many bytes more; fewer when negative.
    void add(long bytes) {
        boolean again;
        synchronized (this) {
            boolean before = used >= most;
            used += bytes;
            again = before && used < most;
        }
        if (again) {
            Thread.ofVirtual().name("tails-room").start(roomAgain);
        }
    }
}
