package dev.sallyport.inspect.mysql;

import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.sql.Reading;

/// placeholder
final class Conversation {
    static final Judge ALLOW = asked -> new Judged(Verdict.ALLOW, new Reading.Unread("not looked at"));

    private Conversation() {}
}
