namespace Siskin.Inference.Registry;

/// <summary>Why a model did not answer, by the codes of gRPC that model servers share.</summary>
public enum ServableError
{
    /// <summary>An input is missing, unknown, or of another type or shape.</summary>
    InvalidArgument = 3,

    /// <summary>Not answered in time.</summary>
    DeadlineExceeded = 4,

    /// <summary>There is no such model, version or label.</summary>
    NotFound = 5,

    /// <summary>What is to be made is there already.</summary>
    AlreadyExists = 6,

    /// <summary>Refused to this caller.</summary>
    PermissionDenied = 7,

    /// <summary>Too many requests wait.</summary>
    ResourceExhausted = 8,

    /// <summary>The model is not in a state for it.</summary>
    FailedPrecondition = 9,

    /// <summary>Overtaken by something else.</summary>
    Aborted = 10,

    /// <summary>A number is outside of what is allowed.</summary>
    OutOfRange = 11,

    /// <summary>The model cannot do this.</summary>
    Unimplemented = 12,

    /// <summary>A failure of the model itself.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached, or the circuit is open.</summary>
    Unavailable = 14,

    /// <summary>No or a wrong key.</summary>
    Unauthenticated = 16,
}
