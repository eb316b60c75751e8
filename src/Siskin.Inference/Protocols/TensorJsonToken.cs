namespace Siskin.Inference.Protocols;

/// <summary>What <see cref="TensorJsonReader"/> stands on.</summary>
public enum TensorJsonToken
{
    /// <summary>Before the first token.</summary>
    None,

    /// <summary>Behind the last token.</summary>
    End,

    /// <summary>An object begins.</summary>
    StartObject,

    /// <summary>An object ends.</summary>
    EndObject,

    /// <summary>A list begins.</summary>
    StartArray,

    /// <summary>A list ends.</summary>
    EndArray,

    /// <summary>Name of a member, its colon included.</summary>
    Name,

    /// <summary>A text.</summary>
    String,

    /// <summary>A number, NaN and the infinities included.</summary>
    Number,

    /// <summary>true.</summary>
    True,

    /// <summary>false.</summary>
    False,

    /// <summary>null.</summary>
    Null,
}
