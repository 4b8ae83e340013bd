package dev.sallyport.tests.bed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/// A class of end-to-end tests with the real clients, on the [Shared] instance or one [OnItsOwn]: after each
/// case [AfterEachCase] looks whether everything is as it was before, and whether the recordings hold what the
/// clients were shown.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("e2e")
@ExtendWith(AfterEachCase.class)
public @interface EndToEnd {}
