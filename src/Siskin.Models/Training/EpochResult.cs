namespace Siskin.Models.Training;

/// <summary>What an epoch gave.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">Mean loss over the epoch's steps, each before it changed anything.</param>
/// <param name="ValidationScore">What validation gave after the epoch, higher is better: mean AUC of the outputs, or what the caller measures; NaN without validation.</param>
/// <param name="ValidationLogLoss">Mean log loss of the outputs after the epoch; NaN without validation examples.</param>
/// <param name="Seconds">Time that training took, without validation.</param>
/// <param name="ExamplesPerSecond">Examples trained on in a second.</param>
public readonly record struct EpochResult(int Epoch, double Loss, double ValidationScore, double ValidationLogLoss, double Seconds, double ExamplesPerSecond);
