namespace Siskin.Inference.Ranking;

/// <summary>What an input of a model is filled with when it ranks.</summary>
internal enum InputSource
{
    /// <summary>Features of the candidate, as the blend sees them.</summary>
    Features,

    /// <summary>The candidate's id, as text or by a vocabulary.</summary>
    Item,

    /// <summary>Tags of the candidate.</summary>
    Tags,

    /// <summary>The user's latest items, oldest first.</summary>
    History,

    /// <summary>The user's id, as text or by a vocabulary.</summary>
    User,

    /// <summary>One number for all.</summary>
    Constant,
}
