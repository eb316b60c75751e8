namespace Siskin.Serving.Scenes;

/// <summary>What values a scene's parameter takes.</summary>
public enum SceneParameterKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Text of a form that the parameter's description gives.</summary>
    Text,
}
