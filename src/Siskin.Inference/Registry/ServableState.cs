namespace Siskin.Inference.Registry;

/// <summary>Where a version is between being found and being gone; numbers and names of TensorFlow Serving.</summary>
public enum ServableState
{
    /// <summary>Found, not loaded yet.</summary>
    Start = 10,

    /// <summary>Being loaded and warmed up.</summary>
    Loading = 20,

    /// <summary>Answers requests.</summary>
    Available = 30,

    /// <summary>Answers its last requests.</summary>
    Unloading = 40,

    /// <summary>Gone, or could not be loaded.</summary>
    End = 50,
}
