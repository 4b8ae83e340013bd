package dev.sallyport.tests.bed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A case whose clients' transcripts [AfterEachCase] does not compare with the recordings. What else it looks at
/// counts here, too.
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface NotCompared {

    /// Why not.
    String value();
}
