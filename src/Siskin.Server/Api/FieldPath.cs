using System.Globalization;

namespace Siskin.Server.Api;

/// <summary>Where in a body a value stands; becomes text only when something is wrong there.</summary>
/// <param name="Parent">Path of the object or list that holds it; empty at the top.</param>
/// <param name="Index">Place in the list, or −1.</param>
internal readonly record struct FieldPath(string Parent, int Index)
{
    /// <summary>The body itself.</summary>
    public static FieldPath Root { get; } = new(string.Empty, -1);

    /// <summary>The value's own path, such as <c>events[3]</c>.</summary>
    public string Self => Index < 0 ? Parent : string.Create(CultureInfo.InvariantCulture, $"{Parent}[{Index}]");

    /// <summary>What stands before a property's name, such as <c>events[3].</c>.</summary>
    public string Prefix => Self is { Length: > 0 } self ? self + "." : string.Empty;

    /// <summary>The path of a property, such as <c>events[3].value</c>.</summary>
    public string Of(string name) => Prefix + name;

    /// <summary>The path of an object below this one.</summary>
    public FieldPath Into(string name) => new(Of(name), -1);
}
