package dev.sallyport.edge.relay;

/// Mistakes that the simulated machines can be told to make, so that it shows that each of them would be found.
enum Bug {
    /// Output is shown, and recorded only then.
    RELEASED_BEFORE_RECORDED,
    /// Input goes to the agent, and is recorded only then.
    SENT_BEFORE_RECORDED,
    /// What was recorded is let go without asking once more whether it may.
    NOT_ASKED_AGAIN,
    /// What may go waits for room, and goes when there is some, however long that took.
    WAITS_AFTER_IT_ASKED,
    /// A recording that fails does not keep anything from passing.
    RECORDING_FAILURE_IGNORED,
    /// A session is ordered with the ticket of the session before.
    TICKET_REUSED,
    /// Whoever has the ticket continues a session, whichever instance of the agent it is.
    RESUMED_BY_ANOTHER_INSTANCE,
    /// The edge does not say of small messages that it is done with them.
    ACKNOWLEDGEMENT_SKIPPED,
    /// The agent goes on reading its target while the window is full.
    WINDOW_IGNORED,
    /// Mail does not reach sessions that are being admitted.
    REVOKE_MISSED_WHILE_ADMITTING,
    /// A policy of an earlier epoch is taken for the present one.
    STALE_POLICY_ACCEPTED,
    /// Mail that could not be read counts as read.
    UNREAD_MAIL_COUNTS_AS_READ,
    /// Mail is deleted before it is acted upon.
    MAIL_DELETED_FIRST,
    /// Nobody looks at the deadlines of sessions.
    EXPIRED_SESSION_GOES_ON,
    /// Deadlines are kept by the wall clock alone.
    WALL_CLOCK_ALONE,
    /// The agent obeys a definition that is older than one it has seen.
    OLDER_DEFINITION_OBEYED,
    /// The agent's tail is appended to a recording whatever is in it already.
    TAIL_TWICE,
    /// A recording whose last events are lost is called complete.
    LOSS_NOT_TOLD
}
