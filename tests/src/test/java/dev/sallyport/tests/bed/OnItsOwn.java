package dev.sallyport.tests.bed;

/// A class of end-to-end tests whose cases change what others rely on, and so share an instance of the class's
/// own.
public interface OnItsOwn {

    /// The instance, started before the first case.
    Instance instance();
}
