namespace Siskin.Models.Graph.Serving;

/// <summary>What an input of a model belongs to when candidates of one request are scored.</summary>
public enum InputSide
{
    /// <summary>The same for all candidates of a request: the user and the context.</summary>
    User,

    /// <summary>The same in all requests until the next release: the item.</summary>
    Item,

    /// <summary>Different for each candidate of each request.</summary>
    Cross,
}
